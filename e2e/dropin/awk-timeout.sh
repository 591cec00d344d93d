#!/usr/bin/env bash
# Waits with timeout, and takes local and remote port apart with awk.
set -euo pipefail
dir=$(mktemp -d)
kubectl port-forward --namespace default service/podsrv :80 --address 127.0.0.1 >"$dir/out" 2>"$dir/err" &
pid=$!
trap 'kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
timeout 30 sh -c "until grep -q Forwarding '$dir/out'; do sleep 0.2; done"
read -r local remote <<<"$(awk '/^Forwarding from/ { split($3, a, ":"); print a[2], $5; exit }' "$dir/out")"
test "$remote" = 9006
curl -fsS "http://localhost:$local/"
