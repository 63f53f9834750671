package workflows

import (
	"slices"
	"testing"

	"temper/activities"
	"temper/model/objective"
	"temper/model/recipe"
)

// Objectives that learn from demonstrations get them with every update: drawn ones
// beside the rollouts, one of each problem in its group, or as the beginnings of the
// rollouts themselves.
func TestDemonstrationsBesideRollouts(t *testing.T) {
	for kind, settings := range map[string]objective.Settings{
		"chord": {Kind: "chord", CHORD: objective.CHORD{Mu: 0.5}},
		"srft":  {Kind: "srft"},
		"uft":   {Kind: "uft", UFT: objective.UFT{HintCoefficient: 0.1, HintSteps: 9}},
	} {
		t.Run(kind, func(t *testing.T) {
			r := smoke(t)
			// The problems of a file, which come with a worked answer each.
			file := "/gsm8k.jsonl"
			r.Data["math"] = recipe.Dataset{URI: file, Format: "gsm8k"}
			math := r.Stages[2].RL
			math.Objective, math.Demonstrations = settings, "math"
			r.Prompt, r.Tokenizer, r.Model.MaxPositionEmbeddings = recipe.Prompt{Format: recipe.PromptTokens}, "bytes", 200
			p := newPlace(t, nil)
			p.sources[file] = []byte(gsm8kLines)
			result := p.mustRun(r)
			_, batches := batchesOf(p, result.Run, "math")
			if len(batches) != math.Steps {
				t.Fatalf("%d updates", len(batches))
			}
			for _, b := range batches {
				checkDemonstrations(t, kind, b)
			}
		})
	}
}

func checkDemonstrations(t *testing.T, kind string, b activities.Batch) {
	t.Helper()
	sequences := b.Sequences(activities.Update{}).Sequences
	examples := b.Examples()
	hints := 0
	for i, q := range sequences {
		if q.Tokens != len(examples[i].Response) {
			t.Errorf("sequence %d has %d tokens, its text %d", i, q.Tokens, len(examples[i].Response))
		}
		hints += q.Hint
	}
	rollouts := len(b.Rollouts)
	switch kind {
	case "chord":
		if n := len(sequences) - rollouts; n != 4 || sequences[rollouts].Graded {
			t.Errorf("%d demonstrations are drawn, the first of them %+v", n, sequences[rollouts])
		}
	case "srft":
		if n := len(sequences) - rollouts; n != 4 {
			t.Fatalf("%d demonstrations for 4 problems", n)
		}
		for i, d := range b.Demonstrations {
			k := slices.IndexFunc(sequences[:rollouts], func(q objective.Sequence) bool { return q.Group == sequences[rollouts+i].Group })
			if b.Rollouts[k].Problem != d.Problem || !slices.Equal(b.Rollouts[k].Prompt, d.Prompt) || !sequences[rollouts+i].Graded {
				t.Errorf("demonstration %d, of problem %d, is in the group of problem %d", i, d.Problem, b.Rollouts[k].Problem)
			}
		}
	case "uft":
		if len(sequences) != rollouts || hints == 0 {
			t.Errorf("%d sequences of %d rollouts, %d hint tokens", len(sequences), rollouts, hints)
		}
	}
}

const gsm8kLines = `{"question": "1+1?", "answer": "It is <<1+1=2>>2. So.\n#### 2"}
{"question": "1+2?", "answer": "It is <<1+2=3>>3. So.\n#### 3"}
{"question": "1+3?", "answer": "It is <<1+3=4>>4. So.\n#### 4"}
{"question": "1+4?", "answer": "It is <<1+4=5>>5. So.\n#### 5"}
{"question": "1+5?", "answer": "It is <<1+5=6>>6. So.\n#### 6"}
{"question": "1+6?", "answer": "It is <<1+6=7>>7. So.\n#### 7"}
`
