package activities

import (
	"context"
	"fmt"

	"temper/activities/liveness"
	"temper/model/artifact"
	"temper/model/dataset"
)

// preparing is a dataset whose records are kept, or left out, as they come.
type preparing struct {
	in    PrepareDataInput
	v     Vocabulary
	out   datasetWriter
	left  *leftOut
	golds *goldReader
	said  saidCount
	// problems and examples are how many have come.
	problems, examples int
	// promptTokens and exampleTokens are sums over the problems and examples that are kept, askedTokens over the
	// prompts of these examples.
	promptTokens, exampleTokens, askedTokens int
}

func newPreparing(in PrepareDataInput, v Vocabulary, out datasetWriter) *preparing {
	judged := in.Domain
	if in.Asked {
		judged = ""
	}
	return &preparing{in: in, v: v, out: out, left: newLeftOut(), golds: newGoldReader(judged)}
}

func (p *preparing) all() int  { return p.problems + p.examples }
func (p *preparing) kept() int { return p.out.problems.Rows() + p.out.examples.Rows() }

// keep stores what is not left out of some records.
func (p *preparing) keep(ctx context.Context, problems []dataset.Problem, examples []dataset.Example) error {
	for _, problem := range problems {
		p.problems++
		p.said.add(problem)
		liveness.Done(ctx)
		if err := p.keepProblem(ctx, problem); err != nil {
			return err
		}
	}
	for _, example := range examples {
		p.examples++
		if p.in.MaxExampleTokens == 0 { // a file may hold examples that no stage uses
			continue
		}
		liveness.Done(ctx)
		if err := p.keepExample(ctx, example); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (p *preparing) keepProblem(ctx context.Context, problem dataset.Problem) error {
	asked := problem
	asked.Prompt += p.in.Label
	ids, err := dataset.PromptTokens(p.v.tok, asked)
	switch {
	case err != nil:
		return p.left.unwritable(p.in, fmt.Errorf("problem %d: %w", p.problems, err))
	case len(ids) > p.in.MaxPromptTokens:
		return nil
	}
	p.golds.read(problem)
	p.promptTokens += len(ids)
	return p.out.problems.Add(ctx, problem)
}

func (p *preparing) keepExample(ctx context.Context, example dataset.Example) error {
	t, err := dataset.Tokenize(p.v.tok, p.v.End, example)
	switch {
	case err != nil:
		return p.left.unwritable(p.in, fmt.Errorf("example %d: %w", p.examples, err))
	case t.Len() > p.in.MaxExampleTokens:
		return nil
	}
	p.exampleTokens += t.Len()
	p.askedTokens += len(t.Prompt)
	return p.out.examples.Add(ctx, example)
}

// lengths are the mean lengths of what is kept, by which a run is planned and compared with its plan.
func (p *preparing) lengths() map[string]float64 {
	means := map[string]float64{}
	problems, examples := p.out.problems.Rows(), p.out.examples.Rows()
	if examples > 0 {
		means[artifact.MetricMeanExample] = float64(p.exampleTokens) / float64(examples)
		means[artifact.MetricMeanPrompt] = float64(p.askedTokens) / float64(examples)
	}
	if problems > 0 {
		means[artifact.MetricMeanPrompt] = float64(p.promptTokens) / float64(problems)
	}
	return means
}

// checkAny refuses a dataset of which nothing is left.
func (p *preparing) checkAny() error {
	in, left := p.in, p.left
	unused := p.problems == 0 && in.MaxExampleTokens == 0
	switch {
	case p.kept() > 0 || p.all() > 0 && unused: // a file has a record at least
		return nil
	case p.all() > 0:
		return UserErrorf("data.%s: none of its %d records fits the recipe's token limits (examples %d, prompts %d)",
			in.Name, p.all(), in.MaxExampleTokens, in.MaxPromptTokens)
	case left.unselected > 0 && len(left.unjudged) == 0:
		return UserErrorf("data.%s: none of the %d rows of %s is selected by since and ids", in.Name, left.unselected, in.Dataset.URI)
	case len(left.unjudged) > 0:
		return UserErrorf("data.%s: no program can be judged by any row of %s: %s", in.Name, in.Dataset.URI, counted(left.unjudged))
	}
	return UserErrorf("data.%s.calculations leave out all of %s: none is of whole numbers up to max_number %d that stand in its prompt",
		in.Name, in.Dataset.URI, in.Dataset.Calculations.MaxNumber)
}
