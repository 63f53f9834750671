package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// sample is a report with something of everything.
func sample() Report {
	var r Report
	r.Machine = Machine{Device: "NVIDIA H100 80GB HBM3", Driver: "580", Backend: "xla:/p/xla_cuda_plugin.so", Peak: 989e12}
	for _, one := range []Result{
		{Cell: "parity/fp32", Engine: temper, Status: statusOK, Software: "go1.26", Checks: []Check{
			{Model: "a", Quantity: "logits", Difference: 1e-6, Allowed: 1e-4}, {Model: "b", Quantity: "logits", Difference: 2e-6, Allowed: 1e-4},
		}},
		{Cell: "parity/tf32", Engine: temper, Status: statusOK, Checks: []Check{{Model: "a", Quantity: "loss", Difference: 0.5, Allowed: 0.03}}},
		{Cell: "parity/bf16", Engine: temper, Status: statusSkipped, Text: "interrupted"},
		{Cell: "train/0.5b/2048", Engine: temper, Status: statusOK, TokensPerSecond: 41234.4, PeakMiB: 2048, Precision: "tf32"},
		{Cell: "train/0.5b/2048", Engine: hf, Status: statusOK, TokensPerSecond: 82468.8, PeakMiB: 4096, Precision: "bf16"},
		{Cell: "train/0.5b/8192", Engine: temper, Status: statusMemory, Text: "a | b"},
		{Cell: "train/0.5b/8192", Engine: hf, Status: statusTime, TokensPerSecond: 500, Steps: 1},
		{Cell: "generate/0.5b/64", Engine: hf, Status: statusSkipped, Text: "torch is not installed"},
	} {
		r.add(one)
	}
	return r
}

// TestMarkdown checks the tables to the letter.
func TestMarkdown(t *testing.T) {
	want := `Device: NVIDIA H100 80GB HBM3, driver 580. Backend: ` + "`xla:/p/xla_cuda_plugin.so`" + `.

- temper: go1.26

## Parity

| precision | quantity | largest difference | allowed | model | verdict |
| --- | --- | --- | --- | --- | --- |
| fp32 | logits | 2e-06 | 0.0001 | b | ok |
| tf32 | loss | 0.5 | 0.03 | a | **failed** |
| bf16 |  |  |  |  | not run: interrupted |

## Training, tokens per second

| model | tokens per row | temper | HF | ratio | temper MFU | HF MFU | temper peak GiB | HF peak GiB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 0.5b | 2048 | 41,234 tf32 | 82,469 bf16 | 0.50 | 14.6 % | 29.1 % | 2.0 | 4.0 |
| 0.5b | 8192 | out of memory: a \| b | 500 (time limit after 1 steps) |  |  | 0.3 % |  |  |

## Generation, tokens per second

| model | rows | temper | HF | ratio | temper peak GiB | HF peak GiB |
| --- | --- | --- | --- | --- | --- | --- |
| 0.5b | 64 |  | not run: torch is not installed |  |  |  |
`
	if got := sample().markdown(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMerge checks that results survive the file, that new ones replace old ones
// and that cells that were left out do not.
func TestMerge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.json")
	if r, err := readReport(path); err != nil || len(r.Results) != 0 {
		t.Errorf("an absent file gives %+v, %v", r, err)
	}
	if err := sample().write(path); err != nil {
		t.Fatal(err)
	}
	r, err := readReport(path)
	if err != nil || r.markdown() != sample().markdown() {
		t.Fatalf("read back: %v\n%s", err, r.markdown())
	}
	r.add(Result{Cell: "train/0.5b/2048", Engine: temper, Status: statusSkipped})
	if have, _ := r.find("train/0.5b/2048", temper); have.Status != statusOK {
		t.Errorf("a cell that was not run replaced %+v", have)
	}
	r.add(Result{Cell: "train/0.5b/2048", Engine: temper, Status: statusError, Text: "broken"})
	if have, _ := r.find("train/0.5b/2048", temper); have.Text != "broken" {
		t.Errorf("a new error did not replace %+v", have)
	}
	if len(r.Results) != len(sample().Results) {
		t.Errorf("%d results, want %d", len(r.Results), len(sample().Results))
	}
}

// TestPassed checks what makes the check fail.
func TestPassed(t *testing.T) {
	good := []Check{{Quantity: "loss", Difference: 1, Allowed: 2}}
	for _, c := range []struct {
		r    Result
		want bool
	}{
		{Result{Engine: temper, Status: statusOK, Checks: good}, true},
		{Result{Engine: temper, Status: statusMemory}, true},
		{Result{Engine: temper, Status: statusSkipped}, true},
		{Result{Engine: hf, Status: statusError}, true},
		{Result{Engine: temper, Status: statusError}, false},
		{Result{Engine: temper, Status: statusOK, Checks: []Check{{Difference: 3, Allowed: 2}}}, false},
		{Result{Engine: temper, Status: statusOK, Checks: []Check{{Text: "not finite"}}}, false},
	} {
		if got := (Report{Results: []Result{c.r}}).passed(); got != c.want {
			t.Errorf("%+v passed: %v", c.r, got)
		}
	}
}

// TestDifference checks the measure that parity uses.
func TestDifference(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		got, want  []float32
		difference float64
	}{
		{[]float32{1, 2}, []float32{1, 2}, 0}, {[]float32{1, 3}, []float32{1, -4}, 7. / 4}, {[]float32{0.5}, []float32{0.25}, 1},
		{[]float32{nan}, []float32{1}, math.NaN()}, {[]float32{1}, nil, math.NaN()}, {nil, nil, 0},
	} {
		d := difference(c.got, c.want)
		if d != c.difference && !(math.IsNaN(d) && math.IsNaN(c.difference)) {
			t.Errorf("difference(%v, %v) is %v, want %v", c.got, c.want, d, c.difference)
		}
	}
	var r Result
	p := comparison{result: &r, allowed: 1}
	p.add("loss", []float32{nan}, []float32{1}, nil)
	if r.Checks[0].OK() || !strings.Contains(r.Checks[0].Text, "not finite") {
		t.Errorf("a NaN gives %+v", r.Checks[0])
	}
}
