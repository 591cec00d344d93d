#!/usr/bin/env bash
# Never reads the output, but knocks until the port is open.
set -eu
kubectl -n default port-forward svc/podsrv 18080:http >/dev/null 2>&1 &
trap "kill $!" EXIT
tries=0
until (exec 3<>/dev/tcp/127.0.0.1/18080) 2>/dev/null; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ]
	sleep 0.2
done
curl -fsS --retry 3 http://127.0.0.1:18080/
