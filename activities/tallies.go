package activities

import (
	"context"

	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/dataset"
	"temper/model/teacher"
)

// tallying counts responses as they come, those to one problem together.
type tallying struct {
	done      []curation.Tally
	problem   int
	of        dataset.Problem
	responses []curation.Response
}

func (t *tallying) add(p dataset.Problem, row teacher.Judged) {
	if row.Problem != t.problem {
		t.end()
		t.problem = row.Problem
	}
	t.of = p
	t.responses = append(t.responses, curation.Response{Answer: row.Answer, Verdict: row.Verdict, Tokens: row.CompletionTokens})
}

// end counts the responses to a problem when all have come.
func (t *tallying) end() {
	if len(t.responses) > 0 {
		t.done = append(t.done, curation.TallyOf(t.of.ID, t.of.Question, t.responses))
	}
	t.responses = nil
}

// all are the tallies of all problems.
func (t *tallying) all() []curation.Tally {
	t.end()
	return t.done
}

// putTallies stores tallies after those of what the dataset has held so far.
func (a *Activities) putTallies(ctx context.Context, in KeepTaughtInput, tallies []curation.Tally, m *artifact.Manifest) error {
	if !in.BeforeTallies.IsZero() {
		before, err := stored(ctx, a, in.BeforeTallies, curation.DecodeTallies)
		if err != nil {
			return err
		}
		tallies = append(before, tallies...)
		m.Inputs[artifact.OutputTallies] = in.BeforeTallies
	}
	data, err := curation.EncodeTallies(tallies)
	if err != nil {
		return err
	}
	return a.putOutput(ctx, m, artifact.OutputTallies, data)
}

// addTallies reads the tallies that a rule asks about.
func (a *Activities) addTallies(ctx context.Context, in CurateDataInput, given *curation.Given, m *artifact.Manifest) error {
	if in.Rule.Tallies() == "" {
		return nil
	}
	if in.Tallies.IsZero() {
		return UserErrorf("%s: rule %d, %s: the teacher of %s has answered nothing", in.Stage, in.Number, in.Rule.Name(), in.Rule.Tallies())
	}
	tallies, err := stored(ctx, a, in.Tallies, curation.DecodeTallies)
	if err != nil {
		return err
	}
	given.Tallies, m.Inputs[artifact.OutputTallies] = curation.ByQuestion(tallies), in.Tallies
	return nil
}
