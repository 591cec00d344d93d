#!/bin/sh
# package-twice.sh: packages the commit twice, in new clones that have nothing in common
# but the commit and the tools of this machine, and compares all files of dist. What is
# given to make, as PARTS, is given on. With QUICK=1 the second takes what Go compiled
# for the first.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
git diff --quiet HEAD || echo "What was changed since the commit is not looked at."

# package FOLDER makes dist in a new clone.
package() {
	git clone -q . "$1"
	echo "Packaging $(git describe --always) in $1 ..."
	began=$(date +%s)
	(cd "$1" && make package >"$work/log" 2>&1) || { cat "$work/log"; exit 1; }
	(cd "$1/dist" && find . -type f -exec sha256sum {} + | sort -k 2) >"$2"
	echo "$(wc -l <"$2") files, $(($(date +%s) - began)) s"
}

package "$work/one" "$work/one.sums"
mkdir "$work/tmp"
export TMPDIR="$work/tmp" TZ=Pacific/Kiritimati LC_ALL=C
umask 077
[ -n "${QUICK-}" ] || export GOCACHE="$work/cache"
package "$work/two/another-folder" "$work/two.sums"

differ=$(sort "$work/one.sums" "$work/two.sums" | uniq -u | cut -c 67- | sort -u)
if [ -n "$differ" ]; then
	echo "These differ:"
	echo "$differ"
	exit 1
fi
[ -s "$work/one.sums" ] || { echo "nothing was made" >&2; exit 1; }
cat "$work/one.sums"
echo "All have the same bytes."
