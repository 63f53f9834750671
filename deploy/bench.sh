#!/bin/sh
# Speed and memory, ours beside a peer's, measured in turn in one run and shown
# as two tables. Takes some seven minutes on four cores. Variables:
#   BENCHTIME=1s   how long each figure is measured
#   CORES=4        how many cores both sides use; default all
#   ROUNDS=2       how often ours and the peer's take turns; the best counts
#   TEMPER_DATA_ROWS=400000   the rows of the data set that is prepared and curated
#   TOKENIZER=DIR TEXT=FILE   what is tokenized; default Qwen2.5's, of ../shared
# Peers: Debian's python3-torch and numpy; the Python packages tokenizers and
# safetensors where /usr/bin/python3 has them; for files what the disk can do.
set -eu
cd "$(dirname "$0")/.."
benchtime=${BENCHTIME:-1s} rounds=${ROUNDS:-2} python=${PYTHON:-/usr/bin/python3} root=$PWD
export GOEXPERIMENT=simd CGO_ENABLED=0 PYTHONDONTWRITEBYTECODE=1
export GOMAXPROCS="${CORES:-$(nproc)}"
work=$(mktemp -d)
out=$work/results failed=
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

ours() { # PACKAGE BENCHMARK [FLAGS]
	package=$1 benchmark=$2 binary=$work/$(basename "$1").test
	shift 2
	[ -x "$binary" ] || go test -c -o "$binary" "./$package"
	(cd "$package" && "$binary" -test.run '^$' -test.bench "^Benchmark$benchmark\$" -test.benchtime "$benchtime" "$@") >"$work/one" 2>&1 ||
		{ failed=1; echo "note: $benchmark failed: see above" >>"$work/one"; }
	tee -a "$out" <"$work/one" >&2
}
has() { "$python" -c "import $1" 2>/dev/null; }
theirs() { # SCRIPT ARGUMENTS
	script=$1
	shift
	"$python" "deploy/$script" --seconds "${benchtime%s}" "$@" >"$work/one" || echo "note: $script gave no figure" >>"$work/one"
	tee -a "$out" <"$work/one" >&2
}
seconds() { # NAME COMMAND...: how long a command takes, once
	name=$1 start=$(date +%s.%N)
	shift
	if "$@" >"$work/one" 2>&1; then
		echo "whole $name $(echo "$(date +%s.%N) $start" | awk '{print $1 - $2}')" | tee -a "$out" >&2
	else
		failed=1
		cat "$work/one" >&2
		note "$name failed: see above"
	fi
}
note() { echo "note: $*" | tee -a "$out" >&2; }

has torch && torch=yes || torch=
[ -n "$torch" ] || note "no PyTorch beside ours: $python has no torch (Debian: apt-get install python3-torch)"
shared=$root/../shared/data
TOKENIZER=${TOKENIZER:-$shared/tokenizer/qwen2.5} TEXT=${TEXT:-$shared/math/prm800k_style_train4500.jsonl}
export TOKENIZER TEXT

# The whole demo, servers, evaluation and report included, and its task in PyTorch.
seconds temper bin/starter demo --data "$work/demo" --temporal 127.0.0.1:17233 --ui 127.0.0.1:18233 --s3 127.0.0.1:19233
peer=$root/../shared/reference/demo_torch
if [ -n "$torch" ] && [ -d "$peer" ]; then
	seconds PyTorch env OMP_NUM_THREADS=1 "$python" "$peer/exp.py" paper 3 "$peer/paper_order.json" "$work/demo_torch"
else
	note "the demo stands alone: no PyTorch, or ../shared is absent"
fi
if [ ! -f "$TOKENIZER/tokenizer.json" ] || [ ! -f "$TEXT" ]; then
	note "no tokenizer: ../shared is absent and TOKENIZER and TEXT name no other"
else
	ours model/tokenizer 'Encode(Uncached)?/real' -test.cpu 1
	if has tokenizers; then
		theirs bench_tokenizer.py --tokenizer "$TOKENIZER" --text "$TEXT" --name EncodeUncached/real
	else
		note "the tokenizer stands alone: $python has no Hugging Face tokenizers"
	fi
fi
ours model/library/safetensors '(Load|Save)'
if has numpy; then theirs bench_files.py; else note "loading and saving have no peer in Python: $python has no numpy"; fi
while [ "$rounds" -gt 0 ]; do
	rounds=$((rounds - 1))
	for size in 854k 4.9M; do
		while read -r package benchmark mode; do
			ours "model/$package" "$benchmark"
			[ -z "$torch" ] || theirs bench_torch.py --mode "$mode" --size "$size" --name "$benchmark"
		done <<-CASES
			train TrainStep/$size/16x128 train
			sampling Prefill/$size/24x512 prefill
			sampling Generate/$size/instances=4/rows=16 generate
		CASES
	done
done
ours worker 'Workers'
benchtime=1x
export TEMPER_DATA_ROWS="${TEMPER_DATA_ROWS:-400000}"
ours activities 'LargeData'
ours model/train 'Memory/4x128-vocab32k/(256|512|1024|2048|4096)' -test.skip 'Memory/.*/4096/logits$'

awk -f deploy/bench.awk "$out"
[ -z "$failed" ]
