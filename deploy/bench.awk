# Makes tables of what deploy/bench.sh measured. Lines of `go test -bench` are
#   BenchmarkNAME-CORES N VALUE UNIT ...
# and those of the peers are
#   peer NAME UNIT VALUE WHAT
# and how long the demo takes
#   whole WHO SECONDS
# Of several figures of one kind the best is shown.
function keep(name, unit, what, value) {
	key = name SUBSEP unit SUBSEP what
	if (value > best[key]) best[key] = value
	if (!index(peers[name, unit] "|", "|" what "|")) peers[name, unit] = peers[name, unit] "|" what
}
function number(value) { return value >= 1e6 ? sprintf("%.2fM", value / 1e6) : value >= 1e4 ? sprintf("%.1fk", value / 1e3) : sprintf(value < 10 ? "%.3f" : "%.0f", value) }
# row shows one of our figures and every peer's under a title.
function row(title, name, unit, ours,   n, i, what, value) {
	if (!((name, ours) in figures)) return
	n = split(substr(peers[name, unit], 2), what, "|")
	if (n == 0) { printf "%-46s %9s %-12s\n", title, number(figures[name, ours]), ours; return }
	for (i = 1; i <= n; i++) {
		value = best[name, unit, what[i]]
		printf "%-46s %9s %-12s %9s %7.2f  %s\n", i == 1 ? title : "", number(figures[name, ours]), unit, number(value), figures[name, ours] / value, what[i]
	}
}

$1 == "note:" { notes = notes $0 "\n" }
$1 == "peer" { keep($2, $3, $5, $4 + 0) }
$1 == "whole" { whole[$2] = $3 }
/^Benchmark/ {
	name = $1
	sub(/^Benchmark/, "", name)
	sub(/-[0-9]+$/, "", name)
	for (i = 3; i < NF; i += 2) {
		unit = $(i + 1)
		if (!((name, unit) in figures) || $i + 0 > figures[name, unit]) figures[name, unit] = $i + 0
		if (unit == "plain-MB/s") keep(name, "MB/s", name ~ /^Save/ ? "write+fsync" : "os.ReadFile", $i + 0)
	}
	if (split(name, part, "/") == 4 && part[1] == "Memory") { lengths[part[3] + 0] = 1; model = part[2]; memory[part[3] + 0, part[4]] = figures[name, "peak-MiB"]; logits[part[3] + 0] = figures[name, "logits-MiB"] }
}

END {
	printf "\n%-46s %9s %-12s %9s %7s\n", "SPEED", "temper", "", "peer", "ratio"
	if ("temper" in whole) printf "%-46s %9.0f %-12s %9s %7s  %s\n", "the whole demo", whole["temper"], "s", \
		"PyTorch" in whole ? sprintf("%.0f", whole["PyTorch"]) : "", "PyTorch" in whole ? sprintf("%.2f", whole["PyTorch"] / whole["temper"]) : "", "PyTorch" in whole ? "PyTorch" : ""
	row("tokenize, one core, new text", "EncodeUncached/real", "tokens/s", "tokens/s")
	row("  allocations", "EncodeUncached/real", "allocs/token", "allocs/token")
	row("tokenize, one core, words seen before", "Encode/real", "tokens/s", "tokens/s")
	row("  allocations", "Encode/real", "allocs/token", "allocs/token")
	split("F32 BF16 F16", dtypes, " ")
	for (i = 1; i <= 3; i++) row("load " dtypes[i] " from the disk", "Load/" dtypes[i] "/disk", "MB/s", "ours-MB/s")
	for (i = 1; i <= 3; i++) row("load " dtypes[i] " from the page cache", "Load/" dtypes[i] "/cache", "MB/s", "ours-MB/s")
	for (i = 1; i <= 3; i++) row("save " dtypes[i] " with fsync", "Save/" dtypes[i], "MB/s", "ours-MB/s")
	split("prepare questions answers decontaminate dedupe subset prepare-examples length length-of", data, " ")
	for (i = 1; i <= 9; i++) {
		row("data, " data[i] ", one core", "LargeData", "MB/s", data[i] "-MB/s")
		row("  peak memory", "LargeData", "MiB", data[i] "-peak-MiB")
	}
	split("854k 4.9M", sizes, " ")
	for (i = 1; i <= 2; i++) row("train, " sizes[i] " parameters, 16 x 128 tokens", "TrainStep/" sizes[i] "/16x128", "tok/s", "tok/s")
	for (i = 1; i <= 2; i++) row("prefill, " sizes[i] ", 24 prompts of 512", "Prefill/" sizes[i] "/24x512", "tok/s", "tok/s")
	for (i = 1; i <= 2; i++) row("decode, " sizes[i] ", 64 rows, prompt 16, 64 new", "Generate/" sizes[i] "/instances=4/rows=16", "tok/s", "tok/s")

	split("1 2 4", processes, " ")
	for (i = 1; i <= 3; i++) row("one run on this machine, " processes[i] " worker processes", "Workers/processes=" processes[i], "tok/s", "tok/s")
	for (i = 1; i <= 3; i++) row("  by CPU time, " processes[i], "Workers/processes=" processes[i], "tok/cpu-s", "tok/cpu-s")

	if (model == "") { printf "\n%s", notes; exit }
	printf "\nPEAK MEMORY of a train step in MiB (resident set above weights and optimiser, GOGC=10), model %s\n", model
	printf "%-8s %14s %14s %14s %14s %14s\n", "tokens", "all kept", "logits in", "+ queries in", "+ layers", "for scale:"
	printf "%-8s %14s %14s %14s %14s %14s\n", "in a row", "", "chunks", "blocks", "twice", "logits whole"
	for (length_ = 256; length_ <= 65536; length_ *= 2) if (length_ in lengths)
		printf "%-8d %14s %14s %14s %14s %14.0f\n", length_, cell("all-kept"), cell("logits"), cell("logits+scores"), cell("logits+scores+layers"), logits[length_]
	printf "\n%s", notes
}
function cell(setting) { return (length_, setting) in memory ? sprintf("%.0f", memory[length_, setting]) : "-" }
