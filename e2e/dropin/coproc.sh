#!/usr/bin/env bash
# Reads the first line from a coprocess.
set -euo pipefail
coproc PF { exec kubectl port-forward podsrv 0:http; }
read -r -t 30 line <&"${PF[0]}"
[[ $line =~ ^Forwarding\ from\ 127\.0\.0\.1:([0-9]+)\ -\>\ ([0-9]+)$ ]]
[[ ${BASH_REMATCH[2]} == 9006 ]]
curl -fsS "http://127.0.0.1:${BASH_REMATCH[1]}/"
kill "$PF_PID"
wait "$PF_PID" || true
