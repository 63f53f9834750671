package main

import (
	"strings"
	"testing"
)

// Shells complete the names of runs and recipes.
func TestCompletion(t *testing.T) {
	data := recordedData(t)
	for _, test := range []struct {
		words []string
		want  string
	}{
		{[]string{"samples", ""}, "my-run\n"},
		{[]string{"status", ""}, "my-run\n"},
		{[]string{"pause", "m"}, "my-run\n"},
		{[]string{"recipe", "show", "sm"}, "smoke\n"},
		{[]string{"run", ""}, "demo\n"},
	} {
		code, stdout, stderr := cli(t, append([]string{"__complete", "--data", data}, test.words...)...)
		if code != exitOK || !strings.Contains(stdout, test.want) {
			t.Errorf("%v: code %d\n%s%s", test.words, code, stdout, stderr)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if code, stdout, _ := cli(t, "completion", shell); code != exitOK || !strings.Contains(stdout, "__starter") {
			t.Errorf("completion %s: code %d", shell, code)
		}
	}
}

// The help of a command that does not exist is a mistake, that of one that does is none.
func TestHelpOfMistakes(t *testing.T) {
	for line, want := range map[string]string{
		"smaples --help":     `starter: starter has no command "smaples"; did you mean samples?`,
		"--data x statsu -h": `starter: starter has no command "statsu"; did you mean status?`,
		"recipe chek --help": `starter: recipe has no command "chek"; did you mean check?`,
		"smaples --hepl":     `starter: starter has no flag --hepl; did you mean --help?`,
	} {
		if code, stdout, stderr := cli(t, strings.Fields(line)...); code != exitUsage || stdout != "" || !strings.HasPrefix(stderr, want) {
			t.Errorf("%s: code %d\n%s%s", line, code, stdout, stderr)
		}
	}
	for _, line := range []string{"--help", "recipe --help", "recipe check --help", "samples demo --help", "help status", "completion --help", "completion bash --help", "help --help", "--version"} {
		if code, stdout, stderr := cli(t, strings.Fields(line)...); code != exitOK || stdout == "" {
			t.Errorf("%s: code %d\n%s%s", line, code, stdout, stderr)
		}
	}
}
