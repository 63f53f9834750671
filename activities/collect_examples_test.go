package activities_test

import (
	"strings"
	"testing"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

// collectInput scores responses to two problems and asks for the correct ones.
func (p *place) collectInput(responses ...said) activities.CollectExamplesInput {
	p.t.Helper()
	other := mathProblem
	other.ID, other.Prompt = "n", "<user>9a-3?<asst><think>"
	score := p.scoreInput(recipe.DomainMath, []dataset.Problem{mathProblem, other}, responses...)
	return activities.CollectExamplesInput{
		Run: testRun, Stage: "round-1", Settings: recipe.Collect{Domain: recipe.DomainMath, Keep: recipe.KeepCorrect, Into: "solved"},
		Vocabulary: score.Vocabulary, Dataset: score.Dataset,
		Shards: activities.ListOf(activities.ScoredShard{Rollouts: score.Rollouts, Verdicts: must(p, p.acts.ScoreRollouts, score).Verdicts}),
	}
}

// examples reads a collected dataset as lines of ID, prompt and response.
func (p *place) examples(d activities.Dataset) string {
	p.t.Helper()
	if d.Examples.IsZero() {
		return ""
	}
	examples, err := dataset.DecodeExamples(p.get(d.Examples))
	if err != nil || len(examples) != d.NumExamples {
		p.t.Fatalf("%d examples, %v", d.NumExamples, err)
	}
	var lines []string
	for _, e := range examples {
		lines = append(lines, e.ID+" "+e.Prompt+" "+e.Response)
	}
	return strings.Join(lines, "\n")
}

// TestCollectExamples: the dataset is the correct responses as text, recorded once with what it was made of.
func TestCollectExamples(t *testing.T) {
	p := newPlace(t, nil)
	in := p.collectInput(said{problem: 0, text: `so</think>\boxed{7}`}, said{problem: 0, text: `</think>\boxed{8}`}, said{problem: 0, text: `</think>\boxed{7}`, cut: true},
		said{problem: 1, text: `</think>\boxed{7}`}, said{problem: 1, text: `</think>\boxed{7}`}, said{problem: 1, text: strings.Repeat("so", 40) + `</think>\boxed{7}`})
	in.MaxExampleTokens = 30
	got := must(p, p.acts.CollectExamples, in)
	if want := "m/round-1/0 <user>9a-2?<asst><think> so</think>\\boxed{7}\nn/round-1/3 <user>9a-3?<asst><think> </think>\\boxed{7}"; p.examples(got.Dataset) != want {
		t.Errorf("the dataset holds\n%s\nwant\n%s", p.examples(got.Dataset), want)
	}
	if s := got.Stats; s.Responses != 6 || s.Correct != 4 || s.Kept != 2 || s.Repeated != 1 || s.Dropped != 1 || s.Solved != 2 {
		t.Errorf("stats are %+v", s)
	}
	if again := must(p, p.acts.CollectExamples, in); again != got {
		t.Errorf("again it is %+v, was %+v", again, got)
	}
	recorded := 0
	for key, m := range p.manifests(testRun) {
		if m.Kind != artifact.KindDataset {
			continue
		}
		recorded++
		if !strings.Contains(key, "/round-1/dataset-solved-") || m.Inputs["dataset"] != in.Dataset || m.Inputs["rollouts-00"] != in.Shards.Items[0].Rollouts || m.Inputs["verdicts-00"] != in.Shards.Items[0].Verdicts {
			t.Errorf("%s has the inputs %v", key, m.Inputs)
		}
	}
	if recorded != 1 {
		t.Errorf("it is recorded %d times", recorded)
	}
}

// TestCollectExamplesAdds: what was collected before comes first, and nothing is there twice.
func TestCollectExamplesAdds(t *testing.T) {
	p := newPlace(t, nil)
	first := must(p, p.acts.CollectExamples, p.collectInput(said{problem: 0, text: `</think>\boxed{7}`}))
	in := p.collectInput(said{problem: 0, text: `</think>\boxed{7}`}, said{problem: 0, text: `so</think>\boxed{7}`})
	in.Stage, in.Before = "round-2", first.Dataset.Examples
	got := must(p, p.acts.CollectExamples, in)
	if want := "m/round-1/0 <user>9a-2?<asst><think> </think>\\boxed{7}\nm/round-2/1 <user>9a-2?<asst><think> so</think>\\boxed{7}"; p.examples(got.Dataset) != want {
		t.Errorf("the dataset holds\n%s", p.examples(got.Dataset))
	}
	if got.Stats.Kept != 2 {
		t.Errorf("stats are %+v", got.Stats)
	}
	none := p.collectInput(said{problem: 0, text: `</think>\boxed{8}`})
	none.Stage = "round-3"
	if got := must(p, p.acts.CollectExamples, none); got.Dataset != (activities.Dataset{}) || got.Stats.Kept != 0 {
		t.Errorf("nothing correct gives %+v", got)
	}
}
