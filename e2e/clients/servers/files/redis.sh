#!/bin/bash
exec /usr/bin/redis-server --bind 0.0.0.0 --port 6379 --protected-mode no --save '' --appendonly no --dir /data
