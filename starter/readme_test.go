package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"temper/model/library/safetensors"
)

// TestMain lets the test program also stand in for Temporal's command line, which
// a fresh machine does not have.
func TestMain(m *testing.M) {
	if os.Getenv("TEMPER_TEST_TEMPORAL") != "" {
		if err := temporalCLI(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "temporal:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// temporalCLI is `temporal workflow start`, as far as README.md uses it.
func temporalCLI(args []string) error {
	if len(args) < 2 || args[0] != "workflow" || args[1] != "start" {
		return fmt.Errorf("only `temporal workflow start` is here: %v", args)
	}
	flags := flag.NewFlagSet("temporal", flag.ContinueOnError)
	kind, queue := flags.String("type", "", ""), flags.String("task-queue", "", "")
	id, file := flags.String("workflow-id", "", ""), flags.String("input-file", "", "")
	if err := flags.Parse(args[2:]); err != nil {
		return err
	}
	input, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	c, err := client.Dial(client.Options{}) // 127.0.0.1:7233, as the real one
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{ID: *id, TaskQueue: *queue}, *kind, json.RawMessage(input))
	return err
}

// TestLongREADME runs every command of README.md and of the examples of each --help,
// as they are written, in a folder that has what a fresh clone has after make, and
// the files that the commands name. It needs the usual ports and takes minutes.
func TestLongREADME(t *testing.T) {
	if os.Getenv("TEMPER_LONG") == "" {
		t.Skip("it takes minutes: TEMPER_LONG is not set, as make check sets it")
	}
	for _, port := range []string{"7233", "8233", "9233"} {
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatalf("port %s is in use, and README.md's commands need it: %v", port, err)
		}
		l.Close()
	}
	dir := freshFolder(t)
	t.Cleanup(func() { // what a failed command has left running
		if out, err := inFolder(t, dir, "bin/starter down"); err != nil {
			t.Errorf("bin/starter down: %v\n%s", err, out)
		}
	})
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := commandBlocks(string(text))
	if len(blocks) < 6 {
		t.Fatalf("README.md has only %d blocks of commands", len(blocks))
	}
	examples := helpExamples(t, dir, "")
	if len(examples) < 12 {
		t.Fatalf("only %d commands have examples", len(examples))
	}
	for _, block := range append(append(blocks, "bin/starter up"), examples...) {
		began := time.Now()
		out, err := inFolder(t, dir, block)
		t.Logf("%s\n%s\n(%s)", block, out, time.Since(began).Round(time.Second))
		if err != nil {
			t.Errorf("%v\n%s\n%s", err, block, out)
		}
	}
}

// inFolder runs lines of a shell, which end at the first that fails.
func inFolder(t *testing.T, dir, script string) (string, error) {
	t.Helper()
	script = serving.ReplaceAllString(script, "timeout --signal INT 10 $1 || test $$? = 124")
	cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "tools")+":"+os.Getenv("PATH"))
	for _, name := range []string{"TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPER_S3_ENDPOINT"} {
		cmd.Env = append(cmd.Env, name+"=")
	}
	// Into a file: what up leaves running would hold a pipe open.
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	said, readErr := os.ReadFile(out.Name())
	if readErr != nil {
		t.Fatal(readErr)
	}
	return string(said), err
}

// serving is a command that ends only when it is interrupted.
var serving = regexp.MustCompile(`(?m)^\s*(bin/starter [^#\n]*--serve [^#\n]*)(#.*)?$`)

var isCommand = regexp.MustCompile(`^    (bin/starter|temporal|echo) `)

// commandBlocks are the indented blocks of a page that hold commands. Commands of
// make are left out: they build, and run what is tested here.
func commandBlocks(page string) []string {
	var blocks []string
	for _, paragraph := range strings.Split(page, "\n\n") {
		var lines []string
		for line := range strings.Lines(paragraph) {
			if strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "    make ") {
				lines = append(lines, strings.TrimPrefix(line, "    "))
			}
		}
		if len(lines) > 0 && isCommand.MatchString("    "+lines[0]) {
			blocks = append(blocks, strings.Join(lines, ""))
		}
	}
	return blocks
}

func TestCommandBlocks(t *testing.T) {
	page := "# x\n\nText:\n\n    make demo   # builds\n    bin/starter status\n\n    make test\n\n    echo '{}' |\n      bin/starter tokenize\n\n| table |\n\n```\n drawing\n```\n"
	got := commandBlocks(page)
	if len(got) != 2 || got[0] != "bin/starter status" || got[1] != "echo '{}' |\n  bin/starter tokenize" {
		t.Errorf("got %q", got)
	}
}

// helpExamples are the examples that the commands below path print, one script for each command.
func helpExamples(t *testing.T, dir, path string) []string {
	t.Helper()
	help, err := inFolder(t, dir, "bin/starter "+path+" --help")
	if err != nil {
		t.Fatalf("%s --help: %v\n%s", path, err, help)
	}
	var all []string
	if example := section(help, "Examples:"); example != "" {
		all = append(all, example)
	}
	for line := range strings.Lines(section(help, "Available Commands:")) {
		all = append(all, helpExamples(t, dir, strings.TrimSpace(path+" "+strings.Fields(line)[0]))...)
	}
	return all
}

// section is the part of a help text below a heading, up to the next blank line.
func section(help, heading string) string {
	_, text, _ := strings.Cut(help, "\n"+heading+"\n")
	text, _, _ = strings.Cut(text, "\n\n")
	return text
}

// freshFolder is a folder with the programs that make builds, and with the files
// that README.md's commands name.
func freshFolder(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(sharedData); err != nil {
		t.Skip("../shared is absent")
	}
	shared, err := filepath.Abs(sharedData)
	if err != nil {
		t.Fatal(err)
	}
	bin, err := filepath.Abs("../bin")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for link, to := range map[string]string{"bin": bin, "gsm8k": shared + "/gsm8k", "stories260K": shared + "/models/stories260K"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exec.LookPath("temporal"); err != nil {
		write("tools/temporal", "#!/bin/sh\nTEMPER_TEST_TEMPORAL=1 exec "+self+` "$@"`+"\n", 0o755)
	}
	write("programs.jsonl", `{"code":"print(int(input())+1)","tests":{"type":"stdin","inputs":["1"],"outputs":["2"]}}`+"\n", 0o644)
	write("problems.jsonl", `{"problem":"1+1?","answer":"2"}`+"\n", 0o644)
	write("mbpp.jsonl", `{"task_id":1,"text":"Write a function that doubles.","code":"def f(x): return 2 * x","test_list":["assert f(2) == 4"]}`+"\n", 0o644)
	write("responses.jsonl", `{"gold":"4","response":"The answer is 4."}`+"\n", 0o644)
	tinyQwen(t, write, shared+"/tokenizer/qwen2.5")
	return dir
}

// tinyQwen writes a model with the layout, the vocabulary and the tokenizer of
// Qwen2.5-Math-1.5B and very small matrices.
func tinyQwen(t *testing.T, write func(name, text string, mode os.FileMode), tokenizer string) {
	t.Helper()
	const folder, hidden, inner, vocabulary = "Qwen2.5-Math-1.5B/", 16, 32, 151936
	write(folder+"config.json", fmt.Sprintf(`{"architectures":["Qwen2ForCausalLM"],"model_type":"qwen2","hidden_act":"silu","hidden_size":%d,
		"intermediate_size":%d,"num_hidden_layers":1,"num_attention_heads":2,"num_key_value_heads":1,"vocab_size":%d,
		"max_position_embeddings":512,"rope_theta":10000,"rms_norm_eps":1e-6,"tie_word_embeddings":true,"eos_token_id":151643}`, hidden, inner, vocabulary), 0o644)
	for _, name := range []string{"tokenizer.json", "tokenizer_config.json"} {
		text, err := os.ReadFile(filepath.Join(tokenizer, name))
		if err != nil {
			t.Fatal(err)
		}
		write(folder+name, string(text), 0o644)
	}
	var tensors []safetensors.Tensor
	for _, tensor := range []struct {
		name  string
		shape []int
	}{
		{"embed_tokens.weight", []int{vocabulary, hidden}}, {"norm.weight", []int{hidden}},
		{"layers.0.input_layernorm.weight", []int{hidden}}, {"layers.0.post_attention_layernorm.weight", []int{hidden}},
		{"layers.0.self_attn.q_proj.weight", []int{hidden, hidden}}, {"layers.0.self_attn.q_proj.bias", []int{hidden}},
		{"layers.0.self_attn.k_proj.weight", []int{hidden / 2, hidden}}, {"layers.0.self_attn.k_proj.bias", []int{hidden / 2}},
		{"layers.0.self_attn.v_proj.weight", []int{hidden / 2, hidden}}, {"layers.0.self_attn.v_proj.bias", []int{hidden / 2}},
		{"layers.0.self_attn.o_proj.weight", []int{hidden, hidden}}, {"layers.0.mlp.gate_proj.weight", []int{inner, hidden}},
		{"layers.0.mlp.up_proj.weight", []int{inner, hidden}}, {"layers.0.mlp.down_proj.weight", []int{hidden, inner}},
	} {
		count := 1
		for _, n := range tensor.shape {
			count *= n
		}
		values := make([]float32, count)
		for i := range values {
			values[i] = float32(i%7-3) / 50
		}
		tensors = append(tensors, safetensors.Tensor{Name: "model." + tensor.name, Shape: tensor.shape, Data: values})
	}
	write(folder+"model.safetensors", string(safetensors.Encode(tensors, nil)), 0o644)
}
