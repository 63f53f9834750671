package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/plan"
)

// runOK runs a command that has to succeed.
func runOK(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := cli(t, args...)
	if code != exitOK {
		t.Fatalf("%v: code %d: %s", args, code, stderr)
	}
	return stdout
}

// planned runs starter recipe plan on an accelerator, which asks no worker.
func planned(t *testing.T, args ...string) (plan.Plan, string) {
	t.Helper()
	args = append([]string{"recipe", "plan", "--device", "h100"}, args...)
	var p plan.Plan
	out := runOK(t, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return p, runOK(t, append(args, "--activities")...)
}

func TestRecipePlan(t *testing.T) {
	p, table := planned(t, "demo", "--devices", "8")
	if p.Total.Tokens.Sampled == 0 || len(p.Workflows) < 10 || p.Model.Vocabulary != 53 || p.Data[0].From != "generator" {
		t.Errorf("%+v", p.Total)
	}
	for _, want := range []string{"demo on 8 x h100", "STAGE", "UpdatePolicy", "RUN/math-short", "PostTraining", "The plan stands on this:", "math-held-out"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
}

// TestRecipePlanReadsFiles: rows and lengths come from files on this machine, packed ones included; --rows says what is not here.
func TestRecipePlanReadsFiles(t *testing.T) {
	dir := t.TempDir()
	train := filepath.Join(dir, "train.jsonl")
	var lines strings.Builder
	for range 30 {
		lines.WriteString(`{"question": "How many?", "answer": "One and one.\n#### 2"}` + "\n")
	}
	if err := os.WriteFile(train, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p, _ := planned(t, "gsm8k-tiny", "--set", "data.train="+train, "--rows", "test=1319")
	for _, d := range p.Data {
		switch d.Name {
		case "train":
			if d.From != "file" || d.Problems != 30 || d.Examples != 30 || d.PromptTokens < 5 || d.ExampleTokens <= d.PromptTokens {
				t.Errorf("train: %+v", d)
			}
		case "test":
			if d.From != "--rows" || d.Problems != 1319 {
				t.Errorf("test: %+v", d)
			}
		}
	}
	p, _ = planned(t, "gsm8k-tiny")
	if !strings.Contains(strings.Join(p.Assumptions, "\n"), "data.train has 1200 rows: its file is not here (--rows train=N says how many)") {
		t.Errorf("nothing is said of what is assumed: %q", p.Assumptions)
	}
	if err := os.WriteFile(train, []byte("{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, _ = planned(t, "gsm8k-tiny", "--set", "data.train="+train)
	if !strings.Contains(strings.Join(p.Assumptions, "\n"), "data.train could not be looked at") {
		t.Errorf("nothing is said of a damaged file: %q", p.Assumptions)
	}
}

func TestRecipePlanMistakes(t *testing.T) {
	for args, want := range map[string]string{
		"demo --device h10":                                  `--device: there is no device "h10"; did you mean h100?`,
		"demo --device h100 --devices 0":                     "--devices is 0; valid: 1 to",
		"demo --device h100 --share NaN":                     "--share is NaN",
		"demo --device h100 --rows x":                        `--rows is "x"; valid: NAME=N`,
		"demo --device h100 --rows mat=5":                    `the recipe has no dataset "mat"`,
		"demo --device h100 --model nowhere":                 "--model: open nowhere",
		"demo --device h100 --set stages.math-short.steps=0": "steps",
	} {
		code, _, stderr := cli(t, append([]string{"recipe", "plan"}, strings.Fields(args)...)...)
		if code != exitFailure || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: code %d, %q, want %q", args, code, stderr, want)
		}
	}
}
