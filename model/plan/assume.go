package plan

import "fmt"

// Assumptions are what nobody knows before a run.
type Assumptions struct {
	// Rows of a dataset that was not looked at.
	Rows float64
	// Prompt is the mean length of a prompt whose dataset was not looked at, in tokens.
	Prompt float64
	// Share is the mean length of responses, and of examples that were not looked at, as a share of the budget.
	Share float64
	// AnswerSeconds and ProgramSeconds are what a verdict takes of one core.
	AnswerSeconds, ProgramSeconds float64
	// Graders is the number of cores that judge at a time.
	Graders float64
	// TeacherSpeed is how many tokens a second a teacher answers, all requests together; 0 leaves its time out.
	TeacherSpeed float64
}

// Default are assumptions for recipes of any size. Answers: 1,024 took 17 ms here. Programs: ours, for one with some
// ten short tests (activities/sandbox/SPEED.md); the authors' 1,024 took 552 s on 64 cores, that is
// 35 s each (AceReason-Nemotron 1.0 §3.3.2).
func Default() Assumptions {
	return Assumptions{Rows: 10000, Prompt: 200, Share: 0.5, AnswerSeconds: 17e-6, ProgramSeconds: 0.05, Graders: 1}
}

// sentences are the assumptions for people.
func (a Assumptions) sentences() []string {
	list := []string{
		fmt.Sprintf("responses have %.0f %% of their budget in the mean, and so have examples and prompts that were not looked at (these %.0f tokens at most)", 100*a.Share, a.Prompt),
		"curation, filters and stop rules leave nothing out, and a temperature search takes all of its measurements: what is known only in the run makes it smaller",
		fmt.Sprintf("a verdict takes %.2g s of a core for an answer and %.2g s for a program, on %.0f cores", a.AnswerSeconds, a.ProgramSeconds, a.Graders),
		"every rollout of a policy step is trained on; groups without variance and filtered responses make it less",
	}
	if a.TeacherSpeed > 0 {
		return append(list, fmt.Sprintf("teachers answer %.0f tokens a second", a.TeacherSpeed))
	}
	return append(list, "the time of teachers and of rewards of your own is not in it")
}
