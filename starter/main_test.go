package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"temper/model/recipe"
	"temper/starter/advice"
)

func cli(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = execute(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestCommandLineMistakes(t *testing.T) {
	for _, name := range []string{"TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPER_S3_ENDPOINT"} {
		t.Setenv(name, "")
	}
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yaml")
	smoke, err := recipe.Text("smoke")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(smoke), "seed: 1", "sed: 1", 1)
	if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	help := func(words ...string) string { return "; see " + advice.Command("", append(words, "--help")...) + "\n" }
	names := strings.Join(recipe.Names(), ", ")
	none := func(run string) string {
		return "starter: there is no run \"" + run + "\": nothing has run on " + data + " yet; choose another data directory with --data, or see " + advice.Command("", "run", "--help") + "\n"
	}
	tests := []struct {
		args string
		code int
		want string
	}{
		{"dmeo", exitUsage, "starter: starter has no command \"dmeo\"; did you mean demo? valid: COMMANDS" + help()},
		{"demo --frsh", exitUsage, "starter: demo has no flag --frsh; did you mean --fresh? valid: --fresh, --help, --keep, --name, --recipe, --s3, --set, --temporal, --ui, --data" + help("demo")},
		{"run smoke -set a=1", exitUsage, "starter: run has no flag -set; did you mean --set? valid: --detach, --fresh, --from, --help, --keep, --name, --recipe, --s3, --set, --temporal, --ui, --data" + help("run")},
		{"report", exitUsage, "starter: RUN is missing; valid: the name of a run" + help("report")},
		{"pause a b", exitUsage, "starter: \"b\" is one argument too many; valid: one RUN" + help("pause")},
		{"recipe shwo", exitUsage, "starter: recipe has no command \"shwo\"; did you mean show? valid: benchmarks, check, list, plan, show" + help("recipe")},
		{"run", exitUsage, "starter: no recipe is given; valid: a file, or one of " + names + help("run")},
		{"run a.yaml --recipe demo", exitUsage, "starter: both a.yaml and --recipe demo are given; valid: one of them" + help("run")},
		{"recipe show dmeo", exitFailure, "starter: there is no recipe and no file \"dmeo\"; did you mean demo? valid: a file, or one of " + names + "\n"},
		{"run gsm8k-tinny", exitFailure, "starter: there is no recipe and no file \"gsm8k-tinny\"; did you mean gsm8k-tiny? valid: a file, or one of " + names + "\n"},
		{"recipe check " + dir + "/none.yaml", exitFailure, "starter: read recipe: open " + dir + "/none.yaml: no such file or directory; valid: a file, or one of " + names + "\n"},
		{"recipe check " + bad, exitFailure, "starter: " + bad + ": sed is unknown; did you mean seed? valid: name, seed, parent, model, tokenizer, prompt, data, stages, temperature_search, programs, evaluation, guard, numerics, continue_from\n"},
		{"run gsm8k-tiny", exitFailure, "starter: data.test.uri is empty; give a path or s3:// URI, for instance --set data.test=…/test.jsonl\n" +
			"starter: data.train.uri is empty; give a path or s3:// URI, for instance --set data.train=…/train.jsonl\n"},
		{"run --recipe gsm8k-tiny --set data.train=" + dir + "/no.jsonl --set data.test=" + bad, exitFailure,
			"starter: data.train.uri: " + dir + "/no.jsonl: no such file or folder; valid: a file of JSON lines, gzip, zstd or Parquet (--set data.train=FILE), or s3://BUCKET/KEY\n"},
		{"demo --name Demo", exitFailure, "starter: --name is \"Demo\"; valid: 1 to 63 lower-case letters, digits, hyphens and dots between them, such as \"demo-2\"\n"},
		{"demo --set sed=1", exitFailure, "starter: set sed: sed is unknown; did you mean seed? valid: name, seed, parent, model, tokenizer, prompt, data, stages, temperature_search, programs, evaluation, guard, numerics, continue_from\n"},
		{"status x", exitFailure, none("x")},
		{"pause x", exitFailure, none("x")},
		{"report x", exitFailure, none("x")},
		{"export x --to " + dir + "/model", exitFailure, none("x")},
		{"run --detach smoke", exitFailure, "starter: no Temporal runs on " + data + "; start it with " + advice.Command(data, "up") + ", or set TEMPORAL_ADDRESS\n"},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			args := append(strings.Fields(test.args), "--data", filepath.Join(dir, "data"))
			test.want = strings.ReplaceAll(test.want, "COMMANDS", commandNames())
			code, stdout, stderr := cli(t, args...)
			if code != test.code || stderr != test.want || stdout != "" {
				t.Errorf("code %d, stdout %q, stderr\n%swant\n%s", code, stdout, stderr, test.want)
			}
			if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
				t.Error("it wrote into the data directory")
			}
		})
	}
}

// commandNames are the starter's commands.
func commandNames() string {
	var names []string
	root := newRootCommand()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return strings.Join(names, ", ")
}

func TestRecipeCommands(t *testing.T) {
	code, stdout, _ := cli(t, "recipe", "list")
	if code != exitOK || !regexp.MustCompile(`\ndemo +base-text → sft → math-short → math-longer → code → math-last\n`).MatchString(stdout) {
		t.Errorf("code %d, list\n%s", code, stdout)
	}
	code, stdout, _ = cli(t, "recipe", "benchmarks")
	if code != exitOK || !regexp.MustCompile(`\naime25 +30 +math +[a-z]+ +avg@64 +0.6 +0.95 +32768\n`).MatchString(stdout) {
		t.Errorf("code %d, benchmarks\n%s", code, stdout)
	}
	code, stdout, stderr := cli(t, "recipe", "show", "demo", "--set", "stages.code.steps=1")
	if code != exitOK || !regexp.MustCompile(`steps: 1 +# given with --set\n`).MatchString(stdout) || !strings.Contains(stdout, "# synthetic task, measured in PyTorch\n") {
		t.Errorf("code %d, %s\n%s", code, stderr, stdout)
	}
	path := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(path, []byte(stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = cli(t, "recipe", "check", path)
	if code != exitOK || !strings.HasPrefix(stdout, path+" is a valid recipe: demo, stages base-text, sft, math-short") {
		t.Errorf("code %d, %s%s", code, stdout, stderr)
	}
}

// TestHelp: each command says what it is for.
func TestHelp(t *testing.T) {
	for _, command := range []string{"", "demo", "run", "status", "report", "pause", "resume", "stop", "recipe", "recipe list", "recipe show", "recipe check", "recipe benchmarks"} {
		code, stdout, stderr := cli(t, append(strings.Fields(command), "--help")...)
		if code != exitOK || len(stdout) < 100 || stderr != "" {
			t.Errorf("%s --help: code %d, stderr %q, stdout\n%s", command, code, stderr, stdout)
		}
	}
}

func TestCommandLine(t *testing.T) {
	got := commandLine([]string{"bin/starter", "demo", "--fresh", "--set", "stages[0].steps=1", "--name=a"}, true)
	if got != "bin/starter demo --set 'stages[0].steps=1' --name=a" {
		t.Errorf("got %s", got)
	}
}

// TestNoGoMLX: the starter stays small; it computes nothing.
func TestNoGoMLX(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "gomlx") {
			t.Errorf("imports %s", line)
		}
	}
}
