#!/bin/sh
# Builds the check with XLA where Go and a C compiler are at hand, and runs it
# with the arguments given; otherwise runs a bin/gpu-check that was built
# elsewhere. See README.md.
set -eu
cd "$(dirname "$0")/../.."
if command -v "${GO:-go}" >/dev/null && command -v cc >/dev/null; then
	CGO_ENABLED=1 GOEXPERIMENT=simd "${GO:-go}" build -tags xla -o bin/gpu-check ./deploy/gpu
elif [ ! -x bin/gpu-check ]; then
	echo "gpu check: no Go with a C compiler here, and no bin/gpu-check from elsewhere" >&2
	exit 1
fi
exec bin/gpu-check "$@"
