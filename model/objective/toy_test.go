package objective_test

import (
	"strings"
	"testing"

	"temper/model/objective"
)

// An objective is added in one place: here a pull of the log-probs towards the
// mean of old and reference, weighed by the value.
var pull = objective.Objective{
	Source: "a test",
	Uses:   []string{"constant"},
	Needs: func(objective.Settings) objective.Carriers {
		return objective.Carriers{LogProb: true, Old: true, Reference: true, Value: true}
	},
	Loss: func(s objective.Settings, b objective.Batch) (r objective.Result) {
		for _, q := range b.Sequences {
			byLogProb, byValue := make([]float64, q.Tokens), make([]float64, q.Tokens)
			for t := range q.Tokens {
				d := q.LogProb[t] - (q.Old[t]+q.Reference[t])/2
				r.Loss += s.Constant * q.Value[t] * d * d / 2
				byLogProb[t], byValue[t] = s.Constant*q.Value[t]*d, s.Constant*d*d/2
			}
			r.DLogProb, r.DValue = append(r.DLogProb, byLogProb), append(r.DValue, byValue)
		}
		return r
	},
}

func TestObjectiveFromElsewhere(t *testing.T) {
	objective.Table["pull"] = pull
	defer delete(objective.Table, "pull")
	s := objective.Settings{Kind: "pull", Constant: 2, Denominator: objective.Sum}
	if faults := s.Check(); len(faults) != 1 || faults[0].Field != "denominator" {
		t.Errorf("faults %v", faults)
	}
	s.Denominator = ""
	b := objective.Batch{Sequences: []objective.Sequence{{Graded: true, Tokens: 1, LogProb: []float64{-1}, Old: []float64{-2}, Value: []float64{0.5}}}}
	b, _, err := objective.Prepare(s, b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := objective.Evaluate(s, b); err == nil || !strings.Contains(err.Error(), "sequence 0 has 0 reference log-probs") {
		t.Errorf("error %v", err)
	}
	b.Sequences[0].Reference = []float64{-3}
	r, err := objective.Evaluate(s, b)
	if err != nil || r.Loss != 2*0.5*1.5*1.5/2 || r.DLogProb[0][0] != 2*0.5*1.5 || r.DValue[0][0] != 1.5*1.5 {
		t.Errorf("%+v, %v", r, err)
	}
}
