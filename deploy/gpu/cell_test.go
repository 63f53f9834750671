package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestParseCell checks that names are read, written and refused.
func TestParseCell(t *testing.T) {
	for _, name := range append([]string{"train/tiny/32", "generate/0.5b/7"}, order...) {
		if c, err := ParseCell(name); err != nil || c.String() != name {
			t.Errorf("ParseCell(%q) is %q, %v", name, c, err)
		}
	}
	for name, want := range map[string]string{
		"parity/fp64": `precision is "fp64"; want fp32, tf32, bf16`, "train/7b/2048": `model is "7b"; want 0.5b, 1.5b, tiny`,
		"train/0.5b/1": "2 or more", "train/0.5b": "want parity/PRECISION", "": "want parity/PRECISION",
	} {
		if _, err := ParseCell(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseCell(%q): error %v, want one with %q", name, err, want)
		}
	}
}

// TestSelectCells checks that selection keeps the order of importance.
func TestSelectCells(t *testing.T) {
	for only, want := range map[string]string{
		"":                                  fmt.Sprint(order),
		"train/1.5b,parity/fp32":            "[parity/fp32 train/1.5b/2048 train/1.5b/8192 train/1.5b/16384]",
		"generate/0.5b/64":                  "[generate/0.5b/64]",
		"train/tiny/32,parity":              "[parity/fp32 parity/tf32 parity/bf16 train/tiny/32]",
		"train/0.5b/2048,train/0.5b/2048":   "[train/0.5b/2048]",
		"generate/0.5b/6,generate/0.5b/256": "[generate/0.5b/256 generate/0.5b/6]",
	} {
		if got, err := selectCells(only); err != nil || fmt.Sprint(got) != want {
			t.Errorf("selectCells(%q) is %v, %v; want %s", only, got, err, want)
		}
	}
	for _, only := range []string{"training", "train/0.5", "parity/fp32,"} {
		if got, err := selectCells(only); err == nil {
			t.Errorf("selectCells(%q) is %v", only, got)
		}
	}
}

// TestFLOPs checks sizes against those that Qwen publishes and the formula by
// hand.
func TestFLOPs(t *testing.T) {
	for _, c := range []struct {
		model      string
		parameters int
		length     int
		flops      float64
	}{
		{"0.5b", 494_032_768, 2048, 6*494_032_768. + 12*24*896*2048},
		{"1.5b", 1_543_714_304, 16384, 6*1_543_714_304. + 12*28*1536*16384},
	} {
		if n := shapes[c.model].NumParams(); n != c.parameters {
			t.Errorf("%s has %d parameters, want %d", c.model, n, c.parameters)
		}
		if got := trainFLOPs(shapes[c.model], c.length); got != c.flops {
			t.Errorf("%s at %d: %v FLOPs per token, want %v", c.model, c.length, got, c.flops)
		}
	}
	u := untied(shapes["0.5b"])
	if got := trainFLOPs(u, 2048); got != trainFLOPs(shapes["0.5b"], 2048) {
		t.Errorf("an untied embedding, which multiplies nothing, changes the FLOPs to %v", got)
	}
	rate := 1e5
	want := rate * (6*494_032_768. + 12*24*896*2048) / 989e12
	if got := utilisation(shapes["0.5b"], 2048, rate, 989e12); math.Abs(got-want) > 1e-12 {
		t.Errorf("utilisation %v, want %v", got, want)
	}
	if got := utilisation(shapes["0.5b"], 2048, rate, 0); got != 0 {
		t.Errorf("utilisation of an unknown peak is %v", got)
	}
}

// TestWork checks that batches have equal numbers of tokens and rows that fit.
func TestWork(t *testing.T) {
	for name, want := range map[string]work{
		"train/0.5b/2048": {8, 2, false}, "train/0.5b/8192": {2, 1, true}, "train/1.5b/16384": {1, 1, true}, "train/tiny/32": {4, 2, false},
	} {
		c, err := ParseCell(name)
		if err != nil || workOf(c) != want {
			t.Errorf("%s works on %+v (%v), want %+v", name, workOf(c), err, want)
		}
	}
}
