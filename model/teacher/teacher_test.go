package teacher

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
)

func parsed(t *testing.T, body string) Response {
	t.Helper()
	r, err := Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestParse: the forms of the servers that people use.
func TestParse(t *testing.T) {
	for body, want := range map[string]Response{
		`{"id":"1","object":"chat.completion","model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"4","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}}`: {Model: "gpt", Finish: "stop", Content: "4", PromptTokens: 2, CompletionTokens: 3},
		`{"model":"r1","choices":[{"finish_reason":"stop","message":{"reasoning_content":"so","content":"4"}}]}`:                                                                                                                                            {Model: "r1", Finish: "stop", Content: "4", Reasoning: "so"},
		`{"model":"r1","choices":[{"finish_reason":"length","message":{"reasoning":"so","reasoning_content":null,"content":null}}]}`:                                                                                                                        {Model: "r1", Finish: "length", Reasoning: "so"},
		"\n\n" + `{"choices":[{"finish_reason":"content_filter","message":{"content":""}}],"usage":null}`:                                                                                                                                                   {Finish: "content_filter"},
	} {
		if got := parsed(t, body); got != want {
			t.Errorf("%s is %+v, want %+v", body, got, want)
		}
	}
	for _, body := range []string{``, `[]`, `{}`, `{"choices":[]}`, `{"choices":[{"finish_reason":"stop"}]}`, `{"choices":[{"message":{"content":"4"}}]}`,
		`{"choices":[{"finish_reason":"error","message":{"content":"4"}}]}`, `{"choices":[{"finish_reason":"stop","message":{"content":7}}]}`} {
		if r, err := Parse([]byte(body)); !errors.Is(err, ErrMalformed) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s is %+v, %v", body, r, err)
		}
	}
}

// TestText: reasoning that comes apart stands between <think> and </think>, which a prompt may have opened.
func TestText(t *testing.T) {
	apart, inline := Response{Reasoning: "so\n", Content: "\n4", Finish: "stop"}, Response{Content: "<think>\nso</think>4", Finish: "stop"}
	for _, c := range []struct {
		r            Response
		prompt, want string
	}{
		{apart, "q", "<think>\nso\n</think>\n\n4"},
		{apart, "q<think>\n", "so\n</think>\n\n4"},
		{apart, "q<think>", "\nso\n</think>\n\n4"},
		{inline, "q", "<think>\nso</think>4"},
		{inline, "q<think>\n", "so</think>4"},
		{Response{Content: "so</think>4", Finish: "stop"}, "q<think>\n", "so</think>4"},
		{Response{Content: "4", Finish: "stop"}, "q", "4"},
		{Response{Reasoning: "so", Finish: "length"}, "q", "<think>\nso"},
		{Response{Reasoning: "so", Finish: "content_filter"}, "q", "<think>\nso"},
		{Response{Reasoning: "so", Content: "4", Finish: "length"}, "q", "<think>\nso\n</think>\n\n4"},
		{Response{Reasoning: "so", Finish: "stop"}, "q", "<think>\nso\n</think>\n\n"},
	} {
		if got := c.r.Text(c.prompt); got != c.want {
			t.Errorf("%+v after %q is %q, want %q", c.r, c.prompt, got, c.want)
		}
	}
}

// TestKeys: a key changes with all that decides a response, and with nothing else.
func TestKeys(t *testing.T) {
	s := recipe.Teach{Model: "m", Temperature: 1, TopP: 1, MaxTokens: 9, Shards: 4, Into: "x"}
	base := Ask(s, "sys", "say 1", 0)
	if got := base.Messages; len(got) != 2 || got[0] != (Message{"system", "sys"}) || got[1] != (Message{"user", "say 1"}) {
		t.Errorf("the messages are %v", got)
	}
	keys := map[string]bool{}
	add := func(r Request) {
		key, err := r.Key()
		if err != nil || keys[key] {
			t.Errorf("%+v: key %s, %v", r, key, err)
		}
		keys[key] = true
	}
	add(base)
	add(Ask(s, "", "say 1", 0))
	add(Ask(s, "sys", "1", 0))
	add(Ask(s, "sys", "say 2", 0))
	add(Ask(s, "sys", "say 1", 1))
	for _, change := range []func(*recipe.Teach){func(s *recipe.Teach) { s.Model = "n" }, func(s *recipe.Teach) { s.Temperature = 0 },
		func(s *recipe.Teach) { s.TopP = 0.5 }, func(s *recipe.Teach) { s.MaxTokens = 8 }} {
		other := s
		change(&other)
		add(Ask(other, "sys", "say 1", 0))
	}
	s.Shards, s.Into, s.Endpoint, s.Keep = 9, "y", "e", recipe.KeepRight
	same, _ := Ask(s, "sys", "say 1", 0).Key()
	if !keys[same] {
		t.Error("a key changes with what decides no response")
	}
}

func TestKeep(t *testing.T) {
	problems := []dataset.Problem{{ID: "a", Question: "1+1", Prompt: "<1+1>"}, {ID: "b", Question: "2+2", Prompt: "<2+2>"}}
	row := func(problem, sample, tries int, finish, content string, v reward.Verdict) Judged {
		return Judged{Row{problem, sample, "k", tries, Response{Finish: finish, Content: content, PromptTokens: 2, CompletionTokens: 3}}, v, ""}
	}
	rows := []Judged{row(0, 0, 1, "stop", "2", reward.Correct), row(0, 1, 3, "stop", "2", reward.Correct), row(0, 2, 1, "length", "lo", reward.Incorrect),
		row(1, 0, 1, "stop", "5", reward.Incorrect), row(1, 1, 1, "content_filter", " ", reward.Ungradable), row(1, 2, 2, "stop", "too long", reward.Correct)}
	r := Rule{Stage: "s", Fits: func(e dataset.Example) bool { return len(e.Response) < 5 }}
	for _, c := range []struct {
		keep recipe.KeepTaught
		cut  recipe.CutTaught
		want string
		how  Stats
	}{
		{recipe.KeepAll, recipe.CutKept, "a/s/0 2, a/s/2 lo+, b/s/0 5", Stats{Kept: 3, Repeated: 1, Dropped: 2}},
		{recipe.KeepAll, recipe.CutDropped, "a/s/0 2, b/s/0 5", Stats{Kept: 2, Cut: 2, Repeated: 1, Dropped: 1}},
		{recipe.KeepRight, recipe.CutKept, "a/s/0 2", Stats{Kept: 1, Wrong: 3, Repeated: 1, Dropped: 1}},
	} {
		r.Settings = recipe.Teach{Keep: c.keep, Cut: c.cut}
		keeper := r.Keeper()
		var words []string
		for _, row := range rows {
			e, kept := keeper.Keep(problems[row.Problem], row)
			if !kept {
				continue
			}
			word := e.ID + " " + e.Response
			if e.Cut {
				word += "+"
			}
			words = append(words, word)
		}
		if got := strings.Join(words, ", "); got != c.want {
			t.Errorf("%s, %s keeps %s, want %s", c.keep, c.cut, got, c.want)
		}
		s := keeper.Stats
		c.how.Responses, c.how.Retries, c.how.PromptTokens, c.how.CompletionTokens = 6, 3, 12, 18
		c.how.Correct, c.how.Incorrect, c.how.Ungradable = 3, 2, 1
		c.how.Finish = map[string]int{"stop": 4, "length": 1, "content_filter": 1}
		if !reflect.DeepEqual(s, c.how) {
			t.Errorf("%s, %s: %+v, want %+v", c.keep, c.cut, s, c.how)
		}
		if again := FromMetrics(s.Metrics()); !reflect.DeepEqual(again, s) {
			t.Errorf("a manifest keeps %+v", again)
		}
	}
	plain := []Row{rows[0].Row, rows[1].Row}
	data, err := EncodeRows(plain)
	if again, e := DecodeRows(data); err != nil || e != nil || !reflect.DeepEqual(again, plain) {
		t.Errorf("rows are read as %v, %v, %v", again, err, e)
	}
	if s := Count(plain).Plus(Count(plain[1:])).Bought(); s != "3 responses (3 stop), 6 prompt and 9 response tokens, 4 retries" {
		t.Errorf("it says %s", s)
	}
}
