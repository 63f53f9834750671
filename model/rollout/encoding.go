package rollout

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Encode writes rollouts as JSON lines, one rollout to a line, in the order
// given. Equal rollouts always give equal bytes, so an artifact's digest names
// its content. Log-probabilities and entropies must be finite; Encode panics on
// others, because JSON cannot hold them and a finite model never yields them.
func Encode(rollouts []Rollout) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for i, r := range rollouts {
		if err := enc.Encode(withoutNils(r)); err != nil {
			panic(fmt.Sprintf("encode rollouts: rollout %d (problem %d, sample %d): %v", i, r.Problem, r.Sample, err))
		}
	}
	return out.Bytes()
}

// withoutNils replaces nil slices by empty ones: both mean the same, and one
// meaning must have one encoding.
func withoutNils(r Rollout) Rollout {
	if r.Prompt == nil {
		r.Prompt = []int32{}
	}
	if r.Response == nil {
		r.Response = []int32{}
	}
	if r.LogProbs == nil {
		r.LogProbs = []float32{}
	}
	return r
}

// Decode reads what Encode wrote. It refuses unknown fields, blank lines and
// rollouts that contradict themselves; errors name the line, counted from 1.
func Decode(data []byte) ([]Rollout, error) {
	var rollouts []Rollout
	for line := 1; len(data) > 0; line++ {
		text, rest, terminated := bytes.Cut(data, []byte("\n"))
		if !terminated {
			return nil, fmt.Errorf("decode rollouts: line %d: no newline at its end (cut short?)", line)
		}
		data = rest
		r, err := decodeLine(text)
		if err != nil {
			return nil, fmt.Errorf("decode rollouts: line %d: %w", line, err)
		}
		rollouts = append(rollouts, r)
	}
	return rollouts, nil
}

func decodeLine(text []byte) (Rollout, error) {
	var r Rollout
	if len(bytes.TrimSpace(text)) == 0 {
		return r, errors.New("blank")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return r, errors.New("more than one JSON value")
	}
	return r, r.check()
}

// check reports what makes a rollout contradict itself.
func (r Rollout) check() error {
	if r.Finish != FinishStop && r.Finish != FinishLength {
		return fmt.Errorf("finish %q: want %q or %q", r.Finish, FinishStop, FinishLength)
	}
	if len(r.Response) == 0 {
		return errors.New("response is empty: a rollout has at least one token")
	}
	if len(r.LogProbs) != len(r.Response) {
		return fmt.Errorf("%d logprobs for %d response tokens", len(r.LogProbs), len(r.Response))
	}
	return nil
}
