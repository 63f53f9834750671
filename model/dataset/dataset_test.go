package dataset

import (
	"slices"
	"strings"
	"testing"

	"temper/model/tokenizer"
)

func synthetic(t testing.TB) tokenizer.Tokenizer {
	t.Helper()
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestQuestionCutsTheChatFrame(t *testing.T) {
	tests := map[string]string{
		ChatPrompt("9a-2b-3?"):     "9a-2b-3?",
		"f(2)=7,f(3)=9":            "f(2)=7,f(3)=9", // base text has no frame
		"<user>cut":                "<user>cut",
		"plain<asst><think>":       "plain",
		"<user>a b c<asst><think>": "a b c",
	}
	for prompt, want := range tests {
		if got := (Problem{Prompt: prompt}).Question(); got != want {
			t.Errorf("problem %q: got %q, want %q", prompt, got, want)
		}
		if got := (Example{Prompt: prompt}).Question(); got != want {
			t.Errorf("example %q: got %q, want %q", prompt, got, want)
		}
	}
}

func TestTokensAppendsTheEnd(t *testing.T) {
	prompt, response, err := Tokens(synthetic(t), Example{Prompt: ChatPrompt("1a+1?"), Response: `</think>\boxed{2}`})
	if err != nil {
		t.Fatal(err)
	}
	if want := []int32{2, 18, 48, 27, 18, 43, 3, 4}; !slices.Equal(prompt, want) {
		t.Errorf("prompt %v, want %v", prompt, want)
	}
	if want := []int32{5, 6, 19, 38, 1}; !slices.Equal(response, want) {
		t.Errorf("response %v, want %v", response, want)
	}
}

func TestTokensErrors(t *testing.T) {
	tests := []struct {
		example Example
		want    string
	}{
		{Example{"line-3", "Tom", "1"}, `example "line-3": prompt: encode: vocabulary "synthetic" has no token for 'T' at byte 0`},
		{Example{"x", "1", "2é"}, `example "x": response: encode: vocabulary "synthetic" has no token for 'é' at byte 1`},
		{Example{"x", "1", "2<eos>"}, `example "x": response: it contains the end-of-sequence token, which is added by itself`},
		{Example{"x", "<pad>1", "2"}, `example "x": prompt: it contains the padding token`},
		{Example{"x", "1", ""}, `example "x": response: it is empty`},
	}
	for _, test := range tests {
		if _, _, err := Tokens(synthetic(t), test.example); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	_, err := PromptTokens(synthetic(t), Problem{ID: "p", Prompt: "a!"})
	if err == nil || !strings.HasPrefix(err.Error(), `problem "p": prompt: encode: `) {
		t.Errorf("problem: got %v", err)
	}
}
