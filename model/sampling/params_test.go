package sampling

import (
	"math"
	"strings"
	"testing"
)

func TestParamsValidateListsFaults(t *testing.T) {
	good := Params{Temperature: 0.6, TopP: 0.95, TopK: 20, MaxResponseTokens: 36, EOS: []int32{1}}
	if err := good.Validate(); err != nil {
		t.Errorf("good parameters: %v", err)
	}
	bad := Params{Temperature: -1, TopP: 0, TopK: -2, MaxResponseTokens: 0, EOS: []int32{-5}}
	err := bad.Validate()
	if err == nil {
		t.Fatal("bad parameters passed")
	}
	for _, want := range []string{"temperature -1", "top_p 0", "top_k -2", "max response tokens 0", "eos token -5"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not name %q", err, want)
		}
	}
	for _, p := range []Params{{Temperature: math.NaN(), TopP: 1, MaxResponseTokens: 1}, {Temperature: 1, TopP: math.NaN(), MaxResponseTokens: 1}} {
		if p.Validate() == nil {
			t.Errorf("%+v passed", p)
		}
	}
}

func TestStreamIsStable(t *testing.T) {
	s := newStream(42)
	var sum float64
	for i := range 1000 {
		u := s.uniform()
		if u < 0 || u >= 1 {
			t.Fatalf("number %d is %v, outside [0, 1)", i, u)
		}
		sum += u
	}
	if mean := sum / 1000; math.Abs(mean-0.5) > 0.05 {
		t.Errorf("mean %v", mean)
	}
	a, b := newStream(42), newStream(42)
	if x, y := a.uniform(), b.uniform(); x != y || x != 0.3358350514255748 {
		t.Errorf("first numbers %v and %v, want %v", x, y, 0.3358350514255748)
	}
}
