package inference

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/tokenizer"
	"temper/worker/modeltest"
)

// stories is a real Llama, trained by others.
const stories = "../../../shared/data/models/stories260K"

// outLine is a line that logprobs or generate wrote.
type outLine struct {
	ID        string    `json:"id"`
	LogProbs  []float64 `json:"logprobs"`
	Entropy   []float64 `json:"entropy"`
	Responses []struct {
		IDs          []int32   `json:"ids"`
		Text         *string   `json:"text"`
		LogProbs     []float64 `json:"logprobs"`
		FinishReason string    `json:"finish_reason"`
	} `json:"responses"`
	Error string `json:"error"`
	Line  int    `json:"line"`
}

// runLines runs a command as main does.
func runLines(t *testing.T, name, in string, args ...string) (lines []outLine, code int, stderr string) {
	t.Helper()
	cmd := Commands()[name]
	var out, errs bytes.Buffer
	cmd.SetIn(strings.NewReader(in))
	cmd.SetOut(&out)
	code = Run(t.Context(), cmd, args, &errs)
	for text := range strings.Lines(out.String()) {
		var line outLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("output line %q: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines, code, errs.String()
}

func TestGenerateAndLogprobsAgree(t *testing.T) {
	model := modeltest.Folder(t)
	in := `{"id":"a","prompt":"1+1=","n":3,"max_tokens":12,"temperature":0.7,"seed":5}
{"id":"b","ids":[72,105],"max_tokens":9,"temperature":0.7}
`
	got, code, stderr := runLines(t, "generate", in, "--model", model)
	if code != 0 || len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" || len(got[0].Responses) != 3 || len(got[1].Responses) != 1 {
		t.Fatalf("exit %d, %+v, %s", code, got, stderr)
	}
	// A line's responses do not depend on what is generated beside it.
	alone, _, _ := runLines(t, "generate", strings.SplitAfter(in, "\n")[0], "--model", model, "--cores", "1")
	if a, b := mustJSON(t, alone[0]), mustJSON(t, got[0]); a != b {
		t.Errorf("alone %s, beside another %s", a, b)
	}
	for _, r := range got[0].Responses {
		ids := append(bytesPrompt(t, "1+1="), r.IDs...)
		scored, code, stderr := runLines(t, "logprobs", `{"ids":`+mustJSON(t, ids)+"}\n", "--model", model, "--temperature", "0.7")
		if code != 0 || len(scored) != 1 || len(scored[0].LogProbs) != len(ids)-1 || len(scored[0].Entropy) != len(ids) {
			t.Fatalf("exit %d, %+v, %s", code, scored, stderr)
		}
		first := len(ids) - 1 - len(r.IDs)
		for i, p := range r.LogProbs {
			if want := scored[0].LogProbs[first+i]; math.Abs(p-want) > 2e-5 {
				t.Errorf("token %d: generated with log-probability %v, scored %v", i, p, want)
			}
		}
	}
}

// bytesPrompt is a prompt's tokens in the vocabulary "bytes".
func bytesPrompt(t *testing.T, text string) []int32 {
	t.Helper()
	tok, err := tokenizer.New(tokenizer.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := tok.Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The text comes from the C program that the model was made for.
func TestGenerateTellsTheStory(t *testing.T) {
	want, err := os.ReadFile(filepath.Join(stories, "greedy_t0.txt"))
	if err != nil {
		t.Skip("../shared is absent: there is no trained Llama to compare with")
	}
	got, code, stderr := runLines(t, "generate", `{"prompt":"","temperature":0,"max_tokens":400}`, "--model", stories+"/hf", "--tokenizer", stories+"/tok512.bin")
	if code != 0 || len(got) != 1 || len(got[0].Responses) != 1 {
		t.Fatalf("exit %d, %+v, %s", code, got, stderr)
	}
	text := strings.TrimSpace(*got[0].Responses[0].Text)
	if story := strings.TrimSpace(string(want)); !strings.HasPrefix(text, story) {
		t.Errorf("got\n%s\nwant\n%s", text, story)
	}
}

func TestLogprobsMatchTheGoldens(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(stories, "logit_goldens.jsonl"))
	if err != nil {
		t.Skip("../shared is absent: there is no trained Llama to compare with")
	}
	type golden struct {
		Tokens    []int32 `json:"tokens"`
		Positions []struct {
			NextLogProb *float64 `json:"next_logprob"`
		} `json:"positions"`
	}
	var goldens []golden
	var in strings.Builder
	for text := range bytes.Lines(data) {
		var g golden
		if err := json.Unmarshal(text, &g); err != nil {
			t.Fatal(err)
		}
		goldens = append(goldens, g)
		in.WriteString(`{"ids":` + mustJSON(t, g.Tokens) + "}\n")
	}
	got, code, stderr := runLines(t, "logprobs", in.String(), "--model", stories+"/hf")
	if code != 0 || len(got) != len(goldens) {
		t.Fatalf("exit %d, %d lines, %s", code, len(got), stderr)
	}
	for i, g := range goldens {
		for t1, p := range g.Positions {
			if p.NextLogProb != nil && math.Abs(got[i].LogProbs[t1]-*p.NextLogProb) > 3e-5 {
				t.Errorf("line %d, token %d: %v, want %v", i, t1+1, got[i].LogProbs[t1], *p.NextLogProb)
			}
		}
	}
}

// Bad lines say why and where; the others are answered.
func TestComputeCommandsNameBadLines(t *testing.T) {
	model := modeltest.Folder(t)
	long := mustJSON(t, make([]int32, 65))
	for _, c := range []struct{ command, bad, want string }{
		{"logprobs", `{"id":"x"}`, "ids is missing; valid: an array of token IDs"},
		{"logprobs", `{"ids":[1,264]}`, "ids[1] is 264; valid: 0 to 263"},
		{"logprobs", `{"ids":[]}`, "ids is empty; valid: at least one token ID"},
		{"logprobs", `{"ids":` + long + `}`, "ids has 65 tokens; valid: at most 64, the model's max_position_embeddings"},
		{"logprobs", `[1]`, "object"},
		{"generate", `{"prompt":"a","ids":[1]}`, "exactly one of prompt, messages and ids is wanted"},
		{"generate", `{"messages":[{"role":"user","content":"a"}]}`, "chat template"},
		{"generate", `{"ids":[1],"temperature":-1}`, "temperature"},
		{"generate", `{"ids":[1],"top_p":0}`, "top"},
		{"generate", `{"ids":[1],"max_tokens":64}`, "valid: at most 64 together"},
		{"generate", `{"ids":[1],"n":0}`, "n is 0; valid: at least 1"},
		{"generate", `{"ids":[1],"n":"two"}`, "n"},
		{"generate", `{"ids":[1],"temprature":0.5}`, `the field "temprature" is unknown here; did you mean temperature? valid: prompt, messages,`},
		{"generate", `{"ids":[1],"max_new_tokens":5}`, `the field "max_new_tokens" is unknown here; `},
		{"logprobs", `{"ids":[1],"temperature":0.5}`, `the field "temperature" is unknown here; valid: ids, id;`},
	} {
		good := `{"id":"good","ids":[65,66]}`
		got, code, stderr := runLines(t, c.command, good+"\n"+c.bad+"\n"+good+"\n", "--model", model)
		if code != 1 || len(got) != 3 || !strings.Contains(got[1].Error, c.want) || got[1].Line != 2 || !strings.Contains(stderr, "1 of 3 lines failed") {
			t.Errorf("%s %s: exit %d, %+v, %s", c.command, c.bad, code, got, stderr)
			continue
		}
		for _, i := range []int{0, 2} {
			if got[i].ID != "good" || got[i].Error != "" || len(got[i].LogProbs)+len(got[i].Responses) == 0 {
				t.Errorf("%s beside %s: %+v", c.command, c.bad, got[i])
			}
		}
	}
}

// What is wrong with the command line or with the model is one line, before any input is read.
func TestComputeCommandsRefuse(t *testing.T) {
	cut := modeltest.Folder(t)
	shards, err := filepath.Glob(filepath.Join(cut, "*.safetensors"))
	if err != nil || len(shards) < 2 {
		t.Fatalf("%v, %v", shards, err)
	}
	if err := os.Truncate(shards[1], 2000); err != nil {
		t.Fatal(err)
	}
	model := modeltest.Folder(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "no model is given"},
		{[]string{"--model", model, "--cores", "0"}, 2, "--cores is 0"},
		{[]string{"--model", model, "--temperature", "0"}, 2, "--temperature is 0"},
		{[]string{"--model", model + "x"}, 1, "no such folder"},
		{[]string{"--model", cut}, 1, filepath.Base(shards[1]) + ": truncated"},
		{[]string{"--model", model, model + "/none.jsonl"}, 1, "none.jsonl"},
	} {
		got, code, stderr := runLines(t, "logprobs", `{"ids":[1,2]}`, c.args...)
		if code != c.code || len(got) != 0 || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d, %d lines, %s", c.args, code, len(got), stderr)
		}
	}
}
