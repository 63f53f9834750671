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

func TestTokenizeAppendsTheEnd(t *testing.T) {
	got, err := Tokenize(synthetic(t), 1, Example{Prompt: TokenPrompt("1a+1?"), Response: `</think>\boxed{2}`})
	if err != nil {
		t.Fatal(err)
	}
	if want := []int32{2, 18, 48, 27, 18, 43, 3, 4}; !slices.Equal(got.Prompt, want) {
		t.Errorf("prompt %v, want %v", got.Prompt, want)
	}
	if want := []int32{5, 6, 19, 38, 1}; !slices.Equal(got.Response, want) {
		t.Errorf("response %v, want %v", got.Response, want)
	}
}

// TestTokenizeCut: a response that was cut teaches no end.
func TestTokenizeCut(t *testing.T) {
	e := Example{Prompt: TokenPrompt("1a+1?"), Response: `</think>\boxed{2`}
	whole, err := Tokenize(synthetic(t), 1, e)
	e.Cut = true
	cut, err2 := Tokenize(synthetic(t), 1, e)
	if err != nil || err2 != nil || len(cut.Response) != len(whole.Response)-1 || slices.Contains(cut.Response, 1) {
		t.Errorf("cut %v, whole %v, %v, %v", cut, whole, err, err2)
	}
}

func TestTokenizeErrors(t *testing.T) {
	tests := []struct {
		example Example
		want    string
	}{
		{Example{ID: "line-3", Prompt: "Tom", Response: "1"}, `example "line-3": prompt: encode: vocabulary "synthetic" has no token for 'T' at byte 0`},
		{Example{ID: "x", Prompt: "1", Response: "2é"}, `example "x": response: encode: vocabulary "synthetic" has no token for 'é' at byte 1`},
		{Example{ID: "x", Prompt: "1", Response: "2<eos>"}, `example "x": response: it contains the end-of-sequence token, which is added by itself`},
		{Example{ID: "x", Prompt: "<pad>1", Response: "2"}, `example "x": prompt: it contains the padding token`},
		{Example{ID: "x", Prompt: "1", Response: ""}, `example "x": response: it is empty`},
	}
	for _, test := range tests {
		if _, err := Tokenize(synthetic(t), 1, test.example); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	_, err := PromptTokens(synthetic(t), Problem{ID: "p", Prompt: "a!"})
	if err == nil || !strings.HasPrefix(err.Error(), `problem "p": prompt: encode: `) {
		t.Errorf("problem: got %v", err)
	}
}
