#!/bin/sh
# Builds the four programs and says how far it is: the first build compiles a
# Temporal server, which takes minutes.
#
# One after another, because they share packages: side by side each would compile
# them for itself. One go command keeps all cores busy.
set -eu
# SIMD kernels of the Go backend; no cgo.
export GOEXPERIMENT=simd CGO_ENABLED=0
every=${BUILD_PROGRESS_SECONDS:-15}
mkdir -p bin
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM
began=$(date +%s)

# plan lists the packages that are not in Go's cache, with the versions of their
# modules: the same package of the same version is compiled once.
plan() { # FOLDER PACKAGE...
	folder=$1
	shift
	go -C "$folder" list -deps -f '{{if .Stale}}{{.ImportPath}} {{with .Module}}{{.Version}}{{end}}{{end}}' "$@"
}
prepare() {
	plan . ./worker ./starter ./activities/sandbox/cell
	plan deploy/devstack .
}
# -v names each package as its compilation begins.
# -buildvcs, whatever GOFLAGS says: manifests name the commit that computed.
compile() {
	go build -v -buildvcs=auto -o bin/ ./worker ./starter
	go build -v -buildvcs=auto -o bin/sandbox-cell ./activities/sandbox/cell
	go -C deploy/devstack build -v -buildvcs=auto -o "$PWD/bin/devstack" .
}

# watch runs a step, calls its line of progress now and then, and on a failure
# prints what the step said and ends.
watch() { # STEP PROGRESS
	(
		result=failed
		# Not in a condition: sh would go on after a failure inside.
		trap 'echo $result >"$logs/$1.end.part" && mv "$logs/$1.end.part" "$logs/$1.end"' EXIT
		"$1" >"$logs/$1.out" 2>"$logs/$1.err"
		result=ok
	) &
	step=$(date +%s)
	while [ ! -f "$logs/$1.end" ]; do
		sleep 1
		took=$(($(date +%s) - step))
		[ $((took % every)) -ne 0 ] || [ -f "$logs/$1.end" ] || "$2"
	done
	wait
	if [ "$(cat "$logs/$1.end")" = failed ]; then
		echo "build failed:" >&2
		# without the names of packages that -v printed
		if [ -s "$logs/names" ]; then grep -vxF -f "$logs/names" "$logs/$1.err"; else cat "$logs/$1.err"; fi >&2
		exit 1
	fi
}
elapsed() { echo "$(($(date +%s) - began)) s"; }

fetching() {
	fetched=$(grep -c '^go: downloading' "$logs/prepare.err" || :)
	[ "$fetched" -eq 0 ] || echo "fetching modules: $fetched so far, $(elapsed), now $(sed -n 's/^go: downloading //p' "$logs/prepare.err" | tail -n 1)"
}
compiling() {
	done=$(wc -l <"$logs/compile.err")
	[ "$done" -eq 0 ] || echo "compiling: package $((done)) of about $total, $(elapsed), now $(tail -n 1 "$logs/compile.err")"
}

watch prepare fetching
sort -u "$logs/prepare.out" | sed '/^$/d' >"$logs/plan"
cut -d ' ' -f 1 "$logs/plan" >"$logs/names"
total=$(wc -l <"$logs/plan")
total=$((total))
[ "$total" -lt 500 ] || echo "the first build compiles $total packages, most of them a Temporal server's; later builds take seconds"
watch compile compiling
[ $(($(date +%s) - began)) -lt "$every" ] || echo "built in $(elapsed)"
