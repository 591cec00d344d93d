#!/usr/bin/env bash
# Fuzzes each target of the module for a while, one after the other: as long as the
# first argument says, as 30s; or only those whose name has the second argument in it.
# At the end it says how many inputs each has seen, and which have found something; go
# test keeps what they have found in testdata/fuzz. FUZZPARALLEL is how many inputs are
# tried at once.
set -uo pipefail
cd "$(dirname "$0")/.."
time=${1:-1m}
only=${2:-}
# An input that leads to new code is made smaller before the next one is tried, for up
# to a minute unless told otherwise: most of the time would go there.
flags=(-fuzztime "$time" -fuzzminimizetime 2s)
[ -z "${FUZZPARALLEL:-}" ] || flags+=(-parallel "$FUZZPARALLEL")
log=$(mktemp)
trap 'rm -f "$log"' EXIT
found=()
table=()
while IFS=: read -r file line; do
	target=${line#func }
	target=${target%%(*}
	package=./$(dirname "$file")
	[[ "$package $target" == *"$only"* ]] || continue
	echo "=== $package $target"
	CGO_ENABLED=0 LC_ALL=C go test -tags nogui -run '^$' -fuzz "^$target\$" "${flags[@]}" "$package" | tee "$log" || found+=("$package $target")
	table+=("$(printf '%9s inputs  %s' "$(grep -o 'execs: [0-9]*' "$log" | tail -1 | cut -d' ' -f2)" "$package $target")")
done < <(git grep --untracked -e '^func Fuzz[A-Za-z0-9_]*(' -- '*_test.go')
if [ ${#table[@]} -eq 0 ]; then
	echo "There is no such target."
	exit 1
fi
printf '%s\n' "" "${table[@]}"
if [ ${#found[@]} -gt 0 ]; then
	printf 'Something was found by:\n'
	printf '  %s\n' "${found[@]}"
	exit 1
fi
echo "Nothing was found in $time each."
