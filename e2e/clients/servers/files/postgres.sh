#!/bin/bash
# A database that speaks TLS only, for the user dev with the password in
# /secrets. What is in it is gone with the pod, and so it is never synced.
set -eu
bin=$(echo /usr/lib/postgresql/*/bin)
export PGDATA=/data/db
"$bin/initdb" --username=dev --pwfile=/secrets/password --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync
cat /secrets/tls.crt >"$PGDATA/server.crt"
(umask 077 && cat /secrets/tls.key >"$PGDATA/server.key")
echo 'hostssl all all all scram-sha-256' >"$PGDATA/pg_hba.conf"
# Rows come out in the order in which they went in, so that sums can be compared.
exec "$bin/postgres" -c listen_addresses='*' -c port=5432 -c unix_socket_directories=/tmp -c ssl=on \
	-c fsync=off -c wal_level=minimal -c max_wal_senders=0 -c synchronize_seqscans=off -c jit=off
