// Package collection makes a dataset of examples from what a policy said: it
// decides which judged responses a stage of kind collect keeps.
//
//	correct    correct responses, each text to a prompt once: R_i of Expert Iteration
//	           (Havrilla et al. 2024, arXiv 2403.04642), whose D_i = R_i ∪ D_{i-1} is
//	           a stage that adds to what an earlier one has collected
//	labelled   correct and incorrect responses that came to their end, each text to a
//	           prompt once, with the label of what they are at the end of the prompt: our
//	           reading of return-conditioned RL (Havrilla et al. 2024), which no source
//	           prints whole. There each step has a label by the value of sampled
//	           continuations; here a response has one, by its verdict
//	unsolved   demonstrations of the problems that no response solved: what the supervised
//	           steps of alternation train on (SASR, SuperRL; ReLIFT, arXiv 2506.07527)
//
// The order is that of the dataset's problems, and of a problem's samples that of
// their numbers, so that the same responses give the same bytes.
package collection

import (
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
)

// Response is a judged response as text, without its end-of-sequence token.
type Response struct {
	// Problem is the problem's index in its dataset, Sample the response's number there.
	Problem, Sample int
	Text            string
	Verdict         reward.Verdict
	// Truncated responses were cut by the budget.
	Truncated bool
}

// Rule says what is kept.
type Rule struct {
	Settings recipe.Collect
	Labels   recipe.Labels
	// Demonstrations are what unsolved problems take theirs from.
	Demonstrations []dataset.Example
	// ID is an example's ID, made of a problem's ID and a sample's number.
	ID func(problem string, sample int) string
	// Fits says whether supervised training can use an example.
	Fits func(dataset.Example) bool
}

// Keep is the examples made of responses to problems, which are in the order of problems, then samples.
func (r Rule) Keep(problems map[int]dataset.Problem, responses []Response) ([]dataset.Example, Stats) {
	k := keeper{rule: r, stats: count(responses), have: map[text]bool{}, perPrompt: map[string]int{}}
	if r.Settings.Keep == recipe.KeepUnsolved {
		k.demonstrate(problems, unsolved(responses))
	} else {
		k.respond(problems, responses)
	}
	k.stats.Kept = len(k.kept)
	return k.kept, k.stats
}

// keeper collects examples, none of them twice.
type keeper struct {
	rule      Rule
	stats     Stats
	have      map[text]bool
	perPrompt map[string]int
	kept      []dataset.Example
}

// respond adds the responses that are kept.
func (k *keeper) respond(problems map[int]dataset.Problem, responses []Response) {
	for _, r := range responses {
		label, ok := k.label(r)
		if !ok {
			continue
		}
		p := problems[r.Problem]
		k.add(dataset.Example{ID: k.rule.ID(p.ID, r.Sample), Question: p.Question, Prompt: p.Prompt + k.rule.Labels.Of(label), Response: r.Text})
	}
}

// label is what the prompt of a response's example carries; ok is false for one that is not kept.
func (k *keeper) label(r Response) (label recipe.Label, ok bool) {
	switch s := k.rule.Settings; {
	case s.Keep == recipe.KeepCorrect:
		return s.Label, r.Verdict == reward.Correct
	case r.Verdict == reward.Correct:
		return recipe.LabelCorrect, true
	default: // one that was cut shows no way to end
		return recipe.LabelIncorrect, r.Verdict == reward.Incorrect && !r.Truncated
	}
}

// demonstrate adds the demonstrations of unsolved problems. IDs tell nothing here: those of two
// files, which count lines, are alike by chance.
func (k *keeper) demonstrate(problems map[int]dataset.Problem, unsolved []int) {
	byText := map[string][]dataset.Example{}
	for _, e := range k.rule.Demonstrations {
		byText[e.Question] = append(byText[e.Question], e)
		if e.Prompt != e.Question {
			byText[e.Prompt] = append(byText[e.Prompt], e)
		}
	}
	for _, i := range unsolved {
		found := byText[problems[i].Question]
		if len(found) == 0 {
			found = byText[problems[i].Prompt]
		}
		if len(found) == 0 {
			k.stats.Unmatched++
		}
		for _, e := range found {
			k.add(e)
		}
	}
}

// add keeps an example, or counts why it does not.
func (k *keeper) add(e dataset.Example) {
	most := k.rule.Settings.PerProblem
	switch {
	case k.have[textOf(e)]:
		k.stats.Repeated++
	case !k.rule.Fits(e):
		k.stats.Dropped++
	case most > 0 && k.perPrompt[e.Prompt] >= most:
		k.stats.Surplus++
	default:
		k.have[textOf(e)] = true
		k.perPrompt[e.Prompt]++
		k.kept = append(k.kept, e)
	}
}

// text is what makes two examples the same.
type text struct{ prompt, response string }

func textOf(e dataset.Example) text { return text{e.Prompt, e.Response} }

// Union is the examples of before, then those of more that before does not have.
func Union(before, more []dataset.Example) []dataset.Example {
	have := map[text]bool{}
	var all []dataset.Example
	for _, list := range [][]dataset.Example{before, more} {
		for _, e := range list {
			if !have[textOf(e)] {
				have[textOf(e)] = true
				all = append(all, e)
			}
		}
	}
	return all
}
