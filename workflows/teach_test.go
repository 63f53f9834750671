package workflows

import (
	"context"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/teacher"
)

// taught is the smoke recipe whose supervised stage trains on a teacher's responses.
func taught(t *testing.T, change func(*recipe.Teach)) recipe.Recipe {
	t.Helper()
	r := smoke(t)
	sft := *r.Stages[1].SFT
	sft.Data = "traces"
	teach := recipe.Teach{Domain: recipe.DomainMath, Data: r.Stages[2].RL.Data, Endpoint: "e", Model: "m", Samples: 2, TopP: 1, MaxTokens: 9,
		Shards: 16, Keep: recipe.KeepAll, Cut: recipe.CutKept, Into: "traces"}
	change(&teach)
	r.Stages = []recipe.Stage{{Name: "taught", Kind: recipe.KindTeach, Teach: &teach}, {Name: "sft", Kind: recipe.KindSFT, SFT: &sft}}
	return r
}

// plainTeacher answers without reasoning, in words of the synthetic vocabulary.
type plainTeacher struct{ learnertest.Teachers }

func (plainTeacher) Ask(_ context.Context, _ string, r teacher.Request) (activities.Answer, error) {
	text := `</think>\boxed{` + string(rune('0'+r.Sample)) + `}`
	return activities.Answer{Body: []byte("{}"), Response: teacher.Response{Model: "served", Finish: "stop", Content: text, CompletionTokens: 3}, Tries: 2}, nil
}

// TestTeachStage: a pause holds when the shards under way are done, all is kept, and a later stage trains on it.
func TestTeachStage(t *testing.T) {
	p := newPlace(t, nil)
	p.acts.Teachers = plainTeacher{}
	p.after("AskTeacher", 1, func() { p.control(UpdatePause, "lunch") })
	asked, paused := 0, RunState("")
	p.env.RegisterDelayedCallback(func() {
		asked, paused = p.completed["AskTeacher"], p.progress().State
		p.control(UpdateResume, "")
	}, 1<<40)
	result := p.mustRun(taught(t, func(*recipe.Teach) {}))
	if paused != StatePaused || asked < shardsAtOnce || asked > shardsAtOnce+1 {
		t.Errorf("in the pause the run is %s with %d of 16 shards asked for", paused, asked)
	}
	if p.completed["AskTeacher"] != 16 || p.completed["JudgeTaught"] != 0 || p.completed["KeepTaught"] != 1 || p.completed["TrainSFT"] == 0 {
		t.Errorf("it did %v", p.completed)
	}
	stage := p.progress().Stages[0]
	if s := stage.Taught; !stage.Done || stage.Step != 16 || s.Responses != 32 || s.Kept == 0 || s.Kept+s.Repeated != 32 || s.CompletionTokens == 0 || s.Retries == 0 {
		t.Errorf("the stage is %+v", stage)
	}
	if len(result.Scores) == 0 || result.Scores[0].After != "sft" {
		t.Errorf("a stage that trains nothing is evaluated: %v", result.Scores)
	}
}

// TestTeachKeepsNothing: a stage that keeps nothing says so, and the stage that would train on it is skipped or the run fails.
func TestTeachKeepsNothing(t *testing.T) {
	wrong := taught(t, func(s *recipe.Teach) { s.Keep, s.Limit, s.Shards, s.Samples = recipe.KeepRight, 2, 1, 1 })
	wrong.Guard.Action = recipe.GuardFail
	p := newPlace(t, nil)
	p.acts.Teachers = nobody{}
	_, err := p.run(wrong)
	if err == nil || !strings.Contains(err.Error(), "taught: nothing was kept of 2 responses of the teacher: no response was found correct") {
		t.Errorf("the error is %v", err)
	}
	if p.completed["JudgeTaught"] != 1 {
		t.Errorf("it did %v", p.completed)
	}
}

// nobody answers with nothing.
type nobody struct{ learnertest.Teachers }

func (nobody) Ask(context.Context, string, teacher.Request) (activities.Answer, error) {
	return activities.Answer{Body: []byte("{}"), Response: teacher.Response{Finish: "stop"}, Tries: 1}, nil
}

// TestTeacherRefuses: what an endpoint refuses ends the run, in its words.
func TestTeacherRefuses(t *testing.T) {
	p := newPlace(t, nil)
	p.acts.Teachers = refusing{}
	_, err := p.run(taught(t, func(s *recipe.Teach) { s.Shards = 2 }))
	if cause := causeOf(t, err); cause.Type() != activities.UserErrorType || !strings.Contains(cause.Message(), "endpoint e refuses: 404: no model m") {
		t.Errorf("the cause is %v", cause)
	}
}

type refusing struct{ learnertest.Teachers }

func (refusing) Ask(context.Context, string, teacher.Request) (activities.Answer, error) {
	return activities.Answer{}, activities.UserErrorf("endpoint e refuses: 404: no model m")
}

// TestDifficultyByTeacher: all responses are judged though all are kept, and a rule of curation selects by the verdicts
// and writes the level on what stays.
func TestDifficultyByTeacher(t *testing.T) {
	r := taught(t, func(s *recipe.Teach) { s.Samples, s.Shards, s.Judge = 8, 2, true })
	raw := r.Stages[0].Teach.Data
	r.Stages = append(r.Stages, recipe.Stage{Name: "levels", Kind: recipe.KindCurate, Curate: &recipe.Curate{Data: raw, Into: "levelled", Rules: []recipe.Rule{
		{Difficulty: &recipe.Difficulty{Of: "traces", Levels: &recipe.Levels{To: 7}}}, {Difficulty: &recipe.Difficulty{Levels: &recipe.Levels{From: 7, To: 7}}},
	}}})
	p := newPlace(t, nil)
	p.acts.Teachers = plainTeacher{} // of the answers 0 to 7 one may be right
	p.mustRun(r)
	if p.completed["JudgeTaught"] != 2 {
		t.Errorf("it did %v", p.completed)
	}
	stages := p.progress().Stages
	asked, funnel := stages[0].Taught, stages[2].Curated
	if asked.Correct == 0 || asked.Correct+asked.Incorrect != asked.Responses || asked.Wrong != 0 {
		t.Errorf("the teacher's responses are %+v", asked)
	}
	if len(funnel) != 2 || funnel[0].Out == 0 || funnel[0].Out == funnel[0].In || funnel[0].Reasons["above_levels"] != funnel[0].In-funnel[0].Out || funnel[1].Out != funnel[0].Out {
		t.Errorf("the funnel is %v", funnel)
	}
	for _, m := range p.manifests() {
		if m.Kind != artifact.KindCuration || m.Step != 2 {
			continue
		}
		data, err := p.store.Get(t.Context(), m.Outputs[artifact.OutputProblems])
		if err != nil {
			t.Fatal(err)
		}
		if rows := strings.Count(string(data), "\n"); strings.Count(string(data), `"level":7`) != rows || rows != funnel[1].Out {
			t.Errorf("the rows hold %s", data)
		}
	}
}
