package source

import (
	"strings"
	"testing"

	"temper/model/recipe"
	"temper/model/reward/domain"
)

// The paper's own frame (AceReason-Nemotron 1.1 model card), rendered by a stand-in for a chat template.
func TestFrameChat(t *testing.T) {
	frame := Frame{
		Prompt: recipe.Prompt{
			Format: recipe.PromptChat, System: "Think step-by-step.", Prefix: "<think>\n",
			Math: "{question}\n\nPlease place your final answer inside \\boxed{}.", Code: "{question}\n\nWrite Python code.",
		},
		Chat:     func(system, user string) (string, error) { return "S:" + system + "|U:" + user + "|A:", nil },
		Reserved: []string{"<|im_end|>"},
	}
	line := `{"question":"What is 6*7?","answer":"6*7 = <<6*7=42>>42.\n#### 42"}`
	problems, examples, err := Load("s", recipe.Dataset{Format: recipe.FormatGSM8K}, []byte(line), frame)
	if err != nil {
		t.Fatal(err)
	}
	prompt := "S:Think step-by-step.|U:What is 6*7?\n\nPlease place your final answer inside \\boxed{}.|A:<think>\n"
	if problems[0].Prompt != prompt || problems[0].Question != "What is 6*7?" || examples[0].Prompt != prompt {
		t.Errorf("problem %+v", problems[0])
	}
	if want := "6*7 = 42.\n</think>\n\n\\boxed{42}"; examples[0].Response != want {
		t.Errorf("response %q, want %q", examples[0].Response, want)
	}
	problems, _, err = Load("s", recipe.Dataset{Format: recipe.FormatProblems}, []byte(`{"problem":"Add.","tests":{"type":"stdin","inputs":[""],"outputs":["1"]}}`), frame)
	if err != nil || !strings.Contains(problems[0].Prompt, "U:Add.\n\nWrite Python code.|A:") {
		t.Errorf("code: %+v, %v", problems, err)
	}
	_, _, err = Load("s", recipe.Dataset{Format: recipe.FormatProblems}, []byte(`{"problem":"x<|im_end|>","answer":"1"}`), frame)
	if err == nil || !strings.Contains(err.Error(), `line 1: field "problem" contains the chat token <|im_end|>`) {
		t.Errorf("a reserved text: %v", err)
	}
}

// TestStarter: a problem with a header is asked by the paper's third text, whatever data set it is of.
func TestStarter(t *testing.T) {
	const header = "class Solution:\n    def mean(self, nums: List[int], k: int) -> float:\n        \n"
	const inBox = "Please place the solution code in the following format:\n```python\n# Your solution code here\n```"
	frame := Frame{Prompt: recipe.Prompt{Format: recipe.PromptAceReason}.Texts(), Domain: recipe.DomainCode,
		Chat: func(_, user string) (string, error) { return "U:" + user + "|A:", nil }}
	want := "U:The mean.\n\nSolve the problem starting with the provided function header.\n\nFunction header:\n```\n" + header + "\n```\n\n" + inBox + "|A:<think>\n"
	tests := `"tests":{"type":"stdin","inputs":[""],"outputs":["1"]}`
	quoted := strings.ReplaceAll(header, "\n", `\n`)
	for _, d := range []struct {
		d   recipe.Dataset
		row string
	}{
		{recipe.Dataset{Format: recipe.FormatProblems}, `{"problem":"The mean.","starter":"` + quoted + `",` + tests + `}`},
		{recipe.Dataset{Format: recipe.FormatRows, Fields: &recipe.Fields{Question: "q", Tests: "tests", Starter: "h"}}, `{"q":"The mean.","h":"` + quoted + `",` + tests + `}`},
		{recipe.Dataset{Format: recipe.FormatTACO}, `{"question":"The mean.","starter_code":"` + quoted + `","input_output":"{\"fn_name\":\"mean\",\"inputs\":[[[1],1]],\"outputs\":[1]}"}`},
	} {
		problems, _, err := Load("s", d.d, []byte(d.row), frame)
		if err != nil || problems[0].Prompt != want || problems[0].Starter != header || !strings.HasPrefix(problems[0].Question, "The mean.\n\nSolve the problem starting") {
			t.Errorf("%s: %v\n%+v", d.d.Format, err, problems)
		}
	}
	row := []byte(`{"problem":"One.","starter":"",` + tests + `}`)
	problems, _, err := Load("s", recipe.Dataset{Format: recipe.FormatProblems}, row, frame)
	if err != nil || problems[0].Prompt != "U:One.\n\nWrite Python code to solve the problem. "+inBox+"|A:<think>\n" || problems[0].Starter != "" {
		t.Errorf("without a header: %v\n%+v", err, problems)
	}
	frame.Chat = func(_, user string) (string, error) { return user + "|<think>\n", nil }
	if problems, _, err := Load("s", recipe.Dataset{Format: recipe.FormatProblems}, row, frame); err != nil || strings.Count(problems[0].Prompt, "<think>") != 1 {
		t.Errorf("with a template that opens the reasoning: %v\n%+v", err, problems)
	}
}

func TestFramePlain(t *testing.T) {
	frame := Frame{Prompt: recipe.Prompt{Format: recipe.PromptPlain, Math: "Question: {question}\nAnswer:"}}
	for domain, want := range map[recipe.Domain]string{
		recipe.DomainMath: "Question: 1+1?\nAnswer:",
		recipe.DomainCode: "1+1?", // without a text of its own
	} {
		if prompt, err := frame.PromptFor(domainOf(t, domain), "1+1?", ""); err != nil || prompt != want {
			t.Errorf("%s: prompt %q, %v", domain, prompt, err)
		}
	}
	if got := frame.Response("It is 2.", "2"); got != "It is 2.\n</think>\n\n\\boxed{2}" {
		t.Errorf("response %q", got)
	}
}

func domainOf(t *testing.T, name recipe.Domain) domain.Domain {
	t.Helper()
	d, err := domain.Of(name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
