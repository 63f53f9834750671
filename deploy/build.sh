#!/bin/sh
# Builds the four programs side by side and shows that it is going on: the first
# build compiles a Temporal server, which takes minutes.
set -eu
# SIMD kernels of the Go backend; no cgo.
export GOEXPERIMENT=simd CGO_ENABLED=0
mkdir -p bin
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM

# -buildvcs, whatever GOFLAGS says: manifests name the commit that computed.
build() { # NAME FOLDER PACKAGE
	(
		result=ok
		go build -C "$2" -buildvcs=auto -o "$PWD/bin/$1" "$3" >"$logs/$1" 2>&1 || result=failed
		echo $result >"$logs/$1.end.part" && mv "$logs/$1.end.part" "$logs/$1.end"
	) &
}
build devstack deploy/devstack .
build worker . ./worker
build starter . ./starter
build sandbox-cell . ./activities/sandbox/cell

began=$(date +%s)
waiting="devstack worker starter sandbox-cell"
said=
while [ -n "$waiting" ]; do
	sleep 1
	still=
	for name in $waiting; do
		if [ -f "$logs/$name.end" ]; then
			if [ "$(cat "$logs/$name.end")" = failed ]; then
				echo "build of $name failed:" >&2
				cat "$logs/$name" >&2
				wait
				exit 1
			fi
		else
			still="$still $name"
		fi
	done
	waiting=$still
	took=$(($(date +%s) - began))
	if [ -n "$waiting" ] && [ $((took % 15)) -eq 0 ] && [ "$took" -ne 0 ]; then
		[ -n "$said" ] || echo "the first build compiles a Temporal server and its UI; later ones take seconds"
		said=yes
		echo "building for ${took} s:$waiting"
	fi
done
wait
took=$(($(date +%s) - began))
[ "$took" -lt 15 ] || echo "built in $took s"
