#!/usr/bin/env bash
# Waits for the line in a log, and takes the random port out of it with sed.
set -euo pipefail
log=$(mktemp)
kubectl port-forward pod/podsrv :9006 >"$log" 2>&1 &
pf=$!
trap 'kill $pf; rm -f "$log"' EXIT
until grep -q '^Forwarding from' "$log"; do
	kill -0 $pf
	sleep 0.1
done
port=$(sed -n 's/^Forwarding from 127\.0\.0\.1:\([0-9]*\) -> 9006$/\1/p' "$log")
curl -fsS "http://127.0.0.1:$port/"
until grep -q "^Handling connection for $port\$" "$log"; do sleep 0.1; done
