#!/bin/sh
# Training and generation speed, ours beside PyTorch's in one run. PyTorch is
# Debian's python3-torch; without it only our figures are printed.
set -eu
out=$(mktemp)
trap 'rm -f "$out" "$out.torch"' EXIT INT TERM
python=/usr/bin/python3

ours() { # PACKAGE BENCHMARK
	go test -run '^$' -bench "$2" -benchtime "${BENCHTIME:-3s}" "./model/$1" | tee -a "$out"
}
theirs() { # NAME MODE SIZE [ARGUMENTS]
	"$python" deploy/bench_torch.py --mode "$2" --size "$3" --name "$1" >"$out.torch"
	tee -a "$out" <"$out.torch"
}

export GOEXPERIMENT=simd CGO_ENABLED=0
ours train BenchmarkTrainStep
ours sampling BenchmarkGenerate
if ! "$python" -c 'import torch' 2>/dev/null; then
	echo "no comparison: $python has no torch (Debian: apt-get install python3-torch)"
	exit 0
fi
theirs TrainStep/854k/16x128 train 854k
theirs TrainStep/4.9M/16x128 train 4.9M
theirs Generate/854k/instances=4/rows=12 generate 854k
theirs Generate/4.9M/instances=4/rows=12 generate 4.9M

# Lines of `go test -bench` are: BenchmarkNAME-CORES N VALUE ns/op … VALUE tok/s.
# Lines of the comparison are: torch NAME VALUE tok/s.
awk '
$1 == "torch" { torch[$2] = $3; next }
/^Benchmark/ { name = $1; sub(/^Benchmark/, "", name); sub(/-[0-9]+$/, "", name)
	for (i = 2; i < NF; i++) if ($(i + 1) == "tok/s") ours[name] = $i }
END { print ""; printf "%-26s %12s %12s %8s\n", "tokens per second", "temper", "PyTorch", "ratio"
	for (name in torch) if (name in ours) printf "%-26s %12.0f %12.0f %8.2f\n", name, ours[name], torch[name], ours[name] / torch[name] }
' "$out" | { read -r _; read -r head; echo; echo "$head"; sort; }
