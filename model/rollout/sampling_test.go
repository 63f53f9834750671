package rollout

import (
	"math"
	"strings"
	"testing"
)

func TestSamplingValidateListsFaults(t *testing.T) {
	good := Sampling{Temperature: 0.6, TopP: 0.95, TopK: 20, MaxResponseTokens: 36, EOS: []int32{1}}
	if err := good.Validate(); err != nil {
		t.Errorf("good parameters: %v", err)
	}
	bad := Sampling{Temperature: -1, TopP: 0, TopK: -2, MaxResponseTokens: 0, EOS: []int32{-5}}
	err := bad.Validate()
	if err == nil {
		t.Fatal("bad parameters passed")
	}
	for _, want := range []string{"temperature -1", "top_p 0", "top_k -2", "max response tokens 0", "eos token -5"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not name %q", err, want)
		}
	}
	for _, p := range []Sampling{{Temperature: math.NaN(), TopP: 1, MaxResponseTokens: 1}, {Temperature: 1, TopP: math.NaN(), MaxResponseTokens: 1}} {
		if p.Validate() == nil {
			t.Errorf("%+v passed", p)
		}
	}
}
