package rollout

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
)

func examples() []Rollout {
	return []Rollout{
		{Problem: 3, Sample: 1, Seed: math.MaxUint64, Prompt: []int32{2, 7}, Response: []int32{5, 1},
			LogProbs: []float32{-0.1, -3.4028235e38}, EntropySum: 0.30000000000000004, Finish: FinishStop},
		{Problem: 4, Prompt: []int32{}, Response: []int32{9}, LogProbs: []float32{float32(math.Copysign(0, -1))}, Finish: FinishLength},
	}
}

func TestEncodeRoundTrip(t *testing.T) {
	encoded := Encode(examples())
	got, err := Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, examples()) {
		t.Errorf("decoded %+v, want %+v", got, examples())
	}
	if !math.Signbit(float64(got[1].LogProbs[0])) {
		t.Error("the sign of -0 was lost")
	}
	if again := Encode(got); !bytes.Equal(again, encoded) {
		t.Errorf("encoding again gave %q, want %q", again, encoded)
	}
	if n := bytes.Count(encoded, []byte("\n")); n != 2 {
		t.Errorf("%d lines for 2 rollouts", n)
	}
	if empty, err := Decode(nil); err != nil || len(empty) != 0 {
		t.Errorf("no lines gave %v, %v", empty, err)
	}
}

func TestNilAndEmptyEncodeAlike(t *testing.T) {
	a, b := examples()[1], examples()[1]
	a.Prompt, b.Prompt = nil, []int32{}
	if x, y := Encode([]Rollout{a}), Encode([]Rollout{b}); !bytes.Equal(x, y) {
		t.Errorf("nil prompt %q, empty prompt %q", x, y)
	}
}

func TestDecodeNamesTheLine(t *testing.T) {
	good := string(Encode(examples()[:1]))
	cases := map[string]struct{ text, want string }{
		"cut short":     {good + strings.TrimSuffix(good, "\n"), "line 2: no newline"},
		"blank":         {good + "\n" + good, "line 2: blank"},
		"not JSON":      {good + good + "{]\n", "line 3: invalid character"},
		"two values":    {strings.TrimSuffix(good, "\n") + good, "line 1: more than one"},
		"unknown field": {strings.Replace(good, `"sample"`, `"smaple"`, 1), `line 1: json: unknown field "smaple"`},
		"finish":        {strings.Replace(good, `"stop"`, `"eos"`, 1), `line 1: finish "eos": want "stop" or "length"`},
		"logprobs":      {strings.Replace(good, `"response":[5,1]`, `"response":[5]`, 1), "line 1: 2 logprobs for 1 response"},
		"empty":         {strings.Replace(good, `"response":[5,1]`, `"response":[]`, 1), "line 1: response is empty"},
		"token range":   {strings.Replace(good, `"response":[5,1]`, `"response":[5,3000000000]`, 1), "line 1: json: cannot unmarshal number 3000000000"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Decode([]byte(c.text))
			if err == nil || got != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, error %v, want an error with %q", got, err, c.want)
			}
		})
	}
}

func TestSummarize(t *testing.T) {
	got := Summarize([]Rollout{
		{Response: make([]int32, 3), EntropySum: 0.9, Finish: FinishStop},
		{Response: make([]int32, 1), EntropySum: 0.5, Finish: FinishLength},
	})
	want := Summary{Rollouts: 2, Truncated: 1, ResponseTokens: 4, MeanEntropy: 1.4 / 4, MeanResponseTokens: 2}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Summarize(nil); got != (Summary{}) {
		t.Errorf("no rollouts gave %+v", got)
	}
}
