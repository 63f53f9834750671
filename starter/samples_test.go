package main

import (
	"strings"
	"testing"
)

// A mistake in the options of samples is a line that names what is valid.
func TestSampleOptions(t *testing.T) {
	data := recordedData(t)
	for want, words := range map[string][]string{
		`--verdict is "corect"; did you mean correct? valid: correct, incorrect, ungradable`: {"--verdict", "corect"},
		`--format is "csv"; valid: text, jsonl, parquet`:                                     {"--format", "csv"},
		`--out is missing; valid with --format parquet: a file`:                              {"--format", "parquet"},
		`--limit is -1; valid: 0 and above`:                                                  {"--limit", "-1"},
		`run my-run has no judged responses yet`:                                             {"--verdict", "correct"},
	} {
		code, stdout, stderr := cli(t, append([]string{"samples", "my-run", "--data", data}, words...)...)
		if code == exitOK || stdout != "" || !strings.Contains(stderr, "starter: "+want) {
			t.Errorf("%v: code %d\n%s%s\nwant %s", words, code, stdout, stderr, want)
		}
	}
	if code, _, stderr := cli(t, "samples", "my-rnu", "--data", data); code != exitFailure || !strings.Contains(stderr, "did you mean my-run?") {
		t.Errorf("another name: code %d, %s", code, stderr)
	}
}
