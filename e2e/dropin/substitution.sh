#!/usr/bin/env bash
# Has the output of a process substitution as a file that stays open.
set -euo pipefail
exec 7< <(exec kubectl port-forward --address=127.0.0.1 pods/podsrv :9006 :9001 2>/dev/null)
pf=$!
read -r -t 30 -u 7 line
port=$(echo "$line" | cut -d: -f2 | cut -d' ' -f1)
curl -fsS "http://127.0.0.1:$port/"
kill "$pf"
