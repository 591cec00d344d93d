#!/usr/bin/env bash
# Names cluster, user and namespace one by one, before and behind the verb.
set -euo pipefail
log=$(mktemp)
kubectl -v 1 --insecure-skip-tls-verify --kubeconfig "$KUBECONFIG" --namespace default port-forward --as=admin --as-group=system:masters \
	--request-timeout=30s podsrv 19006:9006 --pod-running-timeout=30s >"$log" 2>/dev/null &
pf=$!
trap 'kill $pf; rm -f "$log"' EXIT
for _ in $(seq 150); do
	[ "$(grep -c '^Forwarding from .*:19006 -> 9006$' "$log")" -ge 1 ] && break
	sleep 0.2
done
curl -fsS http://127.0.0.1:19006/
