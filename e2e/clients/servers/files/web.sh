#!/bin/bash
# nginx with a small page, a file of 1 MiB, and a git repository over HTTP, which
# can be cloned and pushed to.
set -eu
mkdir -p /data/www /data/git
printf 'culvert\n' >/data/www/small.txt
/server file 1048576 >/data/www/large.bin
export HOME=/data
git init --quiet --bare --initial-branch=main /data/git/history.git
/server history | git -C /data/git/history.git fast-import --quiet
git -C /data/git/history.git config http.receivepack true
/usr/sbin/fcgiwrap -c 4 -f -s unix:/data/fcgi.sock &
exec /usr/sbin/nginx -e stderr -c /etc/culvert/nginx.conf
