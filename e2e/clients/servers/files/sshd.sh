#!/bin/bash
set -eu
mkdir -p /run/sshd /home/dev
chown dev:dev /home/dev
# sshd wants its key where nobody else can read it, and its user's where the user can.
(umask 077 && cat /secrets/host_key >/run/sshd/host_key)
cat /secrets/authorized_keys >/run/sshd/authorized_keys
exec /usr/sbin/sshd -D -e -f /etc/culvert/sshd_config
