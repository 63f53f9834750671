#!/bin/sh
# The tests of the sandbox, of the worker's start and of the workflows on a slow machine:
# two busy loops run beside them, and a page that a process touches costs ten times as much
# CPU time as it does here (deploy/slowpages), or as many times as TEMPER_SLOW_PAGES says;
# 1 leaves pages as they are. Run by make check, after make build.
#
#   deploy/check-slow.sh [RUNS]
#
# The first run is whole; further ones leave out the soak and the data sets (-short).
set -eu
cd "$(dirname "$0")/.."
export GOEXPERIMENT=simd CGO_ENABLED=0
runs=${1:-1}
times=${TEMPER_SLOW_PAGES:-10}

folder=$(mktemp -d)
loops=
cleanup() {
	for pid in $loops; do kill "$pid" 2>/dev/null || :; done
	rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

go build -o "$folder/slowpages" ./deploy/slowpages
for package in activities/sandbox worker workflows; do
	go test -c -o "$folder/$(basename "$package").test" "./$package"
done
for _ in 1 2; do
	sh -c 'while :; do :; done' &
	loops="$loops $!"
done

# check PACKAGE [FLAG]...
check() {
	package=$1
	shift
	test="$folder/$(basename "$package").test"
	if [ "$times" = 1 ]; then
		(cd "$package" && "$test" -test.timeout 60m "$@")
	else
		(cd "$package" && "$folder/slowpages" "$times" "$test" -test.timeout 60m "$@")
	fi >"$folder/log" 2>&1 || {
		cat "$folder/log"
		echo "run $run of $runs, $package: failed"
		exit 1
	}
}

run=1
while [ "$run" -le "$runs" ]; do
	began=$(date +%s)
	short=-test.short
	[ "$run" -gt 1 ] || short=-test.short=false
	check activities/sandbox "$short"
	check worker "$short" -test.run 'Grader|WorkerWithoutSandbox|TwoWorkers'
	check workflows "$short"
	echo "run $run of $runs: passed in $(($(date +%s) - began)) s"
	run=$((run + 1))
done
