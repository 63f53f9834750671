package external

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"temper/model/library/jsonkind"
	"temper/model/reward"
)

// Answer is the result of the user's activity: a verdict per rollout, in the order of the request.
type Answer struct {
	// Version names the rules that the verdicts were given by.
	Version  string    `json:"version"`
	Verdicts []Verdict `json:"verdicts"`
}

// Verdict is the verdict on one rollout.
type Verdict struct {
	// Rollout is the rollout's place in its shard, as in the request.
	Rollout *int `json:"rollout"`
	// Verdict is correct, incorrect or ungradable: no verdict could be had, now.
	Verdict reward.Verdict `json:"verdict"`
	// Score is any finite number; only what is ungradable needs none.
	Score *float64 `json:"score"`
	// Reason says in a few words why.
	Reason string `json:"reason"`
}

// maxReason is the length in bytes that a reason is cut to.
const maxReason = 500

// ReadAnswer reads the answer to a part that begins with rollout first and has n of them, by
// the rules of a version. The error names what is wrong and what is valid.
func ReadAnswer(data []byte, version string, first, n int) ([]reward.Result, error) {
	var a Answer
	if len(data) == 0 {
		return nil, errors.New("it is empty; valid: an object with version and verdicts")
	}
	if err := jsonkind.DecodeKnown(data, &a); err != nil {
		return nil, err
	}
	if a.Version != version {
		return nil, fmt.Errorf("version is %q; valid: %q, which the recipe has", a.Version, version)
	}
	if len(a.Verdicts) != n {
		return nil, fmt.Errorf("there are %d verdicts; valid: %d, one per rollout of the request", len(a.Verdicts), n)
	}
	results := make([]reward.Result, n)
	for i, v := range a.Verdicts {
		result, err := v.result(first + i)
		if err != nil {
			return nil, fmt.Errorf("verdicts[%d].%w", i, err)
		}
		results[i] = result
	}
	return results, nil
}

// result is the verdict on the rollout that is expected at its place.
func (v Verdict) result(rollout int) (reward.Result, error) {
	switch {
	case v.Rollout == nil:
		return reward.Result{}, fmt.Errorf("rollout is missing; valid: %d, in the order of the request", rollout)
	case *v.Rollout != rollout:
		return reward.Result{}, fmt.Errorf("rollout is %d; valid: %d, in the order of the request", *v.Rollout, rollout)
	case v.Score == nil && v.Verdict != reward.Ungradable:
		return reward.Result{}, errors.New("score is missing; valid: any finite number")
	}
	r := reward.Result{Verdict: v.Verdict, Reason: v.Reason}
	if len(r.Reason) > maxReason {
		r.Reason = strings.ToValidUTF8(r.Reason[:maxReason], "") + "…"
	}
	if v.Score != nil && v.Verdict != reward.Ungradable {
		r.Score = *v.Score
	}
	if math.Abs(r.Score) > math.MaxFloat32 { // policies learn in float32
		return r, fmt.Errorf("score is %g; valid: a number that float32 can hold", r.Score)
	}
	return r, r.Check()
}
