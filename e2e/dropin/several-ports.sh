#!/usr/bin/env bash
# Collects the ports of several mappings into an array, line by line.
set -euo pipefail
declare -A to
mkfifo pipe
kubectl port-forward deployment/none 1 >/dev/null 2>&1 & # one that never comes up, as in many test set-ups
never=$!
kubectl port-forward podsrv :9006 :9001 >pipe &
pf=$!
trap 'kill $pf; kill $never 2>/dev/null || true' EXIT
exec 8<pipe
while read -r -t 30 -u 8 _ _ from _ remote; do
	to[$remote]=${from##*:}
	[ ${#to[@]} = 2 ] && break
done
curl -fsS "http://127.0.0.1:${to[9006]}/"
