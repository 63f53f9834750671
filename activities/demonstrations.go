package activities

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"

	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/objective"
)

// Demonstrations is a dataset of examples that a stage of reinforcement learning
// reads beside its problems.
type Demonstrations struct {
	Examples artifact.Ref `json:"examples"`
	// Problems are those that the rollouts answer; a demonstration is of a problem if
	// it asks the same question.
	Problems artifact.Ref `json:"problems"`
}

// StepDemonstrations asks for the demonstrations of one policy step.
type StepDemonstrations struct {
	Demonstrations
	Vocabulary artifact.Ref `json:"vocabulary"`
	// Of are the problems that demonstrations are matched to; where it is empty, Number
	// are drawn in an order that Seed gives.
	Of     []int  `json:"of,omitempty"`
	Number int    `json:"number,omitempty"`
	Seed   uint64 `json:"seed,omitempty"`
}

// Demonstration is a response that was given, not sampled.
type Demonstration struct {
	// Problem is the problem's index in the dataset of the rollouts; -1 where it was drawn.
	Problem int `json:"problem"`
	dataset.Tokenized
}

// storeDemonstrations stores the demonstrations of a step, one per line, for its update to name.
func (a *Activities) storeDemonstrations(ctx context.Context, in StepDemonstrations, step int) (artifact.Ref, error) {
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return artifact.Ref{}, err
	}
	examples, err := a.examples(ctx, in.Examples)
	if err != nil {
		return artifact.Ref{}, err
	}
	chosen, err := a.chooseDemonstrations(ctx, in, examples, step)
	if err != nil {
		return artifact.Ref{}, err
	}
	var data []byte
	for _, c := range chosen {
		d := Demonstration{Problem: c.problem}
		example, err := examples.At(ctx, c.example)
		if err != nil {
			return artifact.Ref{}, err
		}
		if d.Tokenized, err = dataset.Tokenize(v.tok, v.End, example); err != nil {
			return artifact.Ref{}, err
		}
		line, err := json.Marshal(d)
		if err != nil {
			return artifact.Ref{}, err
		}
		data = append(append(data, line...), '\n')
	}
	return a.Store.Put(ctx, data)
}

// choice is an example and the problem that it demonstrates, or -1.
type choice struct{ problem, example int }

func (a *Activities) chooseDemonstrations(ctx context.Context, in StepDemonstrations, examples *rows.Table[dataset.Example], step int) (chosen []choice, err error) {
	if len(in.Of) == 0 {
		drawn, err := dataset.NewOrders(examples.Len(), in.Seed).BatchExamples(in.Number, math.MaxInt32, step)
		for _, i := range drawn {
			chosen = append(chosen, choice{-1, i})
		}
		return chosen, err
	}
	problems, err := a.problemsAt(ctx, in.Problems, in.Of)
	if err != nil {
		return nil, err
	}
	of, err := byQuestion(ctx, examples)
	if err != nil {
		return nil, err
	}
	for _, i := range in.Of {
		if example, ok := of[questionKey(problems[i].Question)]; ok {
			chosen = append(chosen, choice{i, example})
		}
	}
	return chosen, nil
}

// questionKey stands for a question where there may be millions.
func questionKey(question string) (key [16]byte) {
	sum := sha256.Sum256([]byte(question))
	copy(key[:], sum[:])
	return key
}

// byQuestion are the places of the first example of every question, by its key.
func byQuestion(ctx context.Context, examples *rows.Table[dataset.Example]) (map[[16]byte]int, error) {
	of := map[[16]byte]int{}
	err := examples.Each(ctx, func(i int, e dataset.Example, _ []byte) error {
		key := questionKey(e.Question)
		if _, ok := of[key]; !ok {
			of[key] = i
		}
		return nil
	})
	return of, err
}

// decodeDemonstrations reads what storeDemonstrations stored.
func decodeDemonstrations(data []byte) ([]Demonstration, error) {
	var all []Demonstration
	for line := range bytes.Lines(data) {
		var d Demonstration
		if err := json.Unmarshal(line, &d); err != nil {
			return nil, fmt.Errorf("decode demonstrations: line %d: %w", len(all)+1, err)
		}
		all = append(all, d)
	}
	return all, nil
}

// sequences are the demonstrations as an objective reads them. Those of a problem are
// correct and of its group; others go with the groups in turn, so that mini-batches
// have alike numbers of them, and say nothing about these.
func sequences(all []Demonstration, problems map[int]int, groups []int) []objective.Sequence {
	out := make([]objective.Sequence, len(all))
	for i, d := range all {
		q := objective.Sequence{Demonstration: true, Correct: true, Score: 1, Tokens: len(d.Response)}
		if d.Problem >= 0 {
			q.Group, q.Graded = problems[d.Problem], true
		} else {
			q.Group = groups[i*len(groups)/len(all)]
		}
		out[i] = q
	}
	return out
}
