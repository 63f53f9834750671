package workflows

import (
	"fmt"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/collection"
	"temper/model/curation"
	"temper/model/evaluation"
	"temper/model/order"
	"temper/model/recipe"
	"temper/model/signal"
	"temper/model/teacher"
	"temper/model/temperature"
)

// The task queues, one per capability. A run is started on ControlQueue.
const (
	ControlQueue  = "temper"
	GPUQueue      = "temper-gpu"
	SamplingQueue = "temper-sampling"
	GraderQueue   = "temper-grader"
)

// HomeQueue is the task queue of one worker alone: what changes a policy goes there first, if that worker holds it.
func HomeQueue(worker string) string { return GPUQueue + "@" + worker }

// The names of PostTraining's query and updates. Any Temporal client may use them:
//
//	temporal workflow query  --workflow-id RUN --type progress
//	temporal workflow update execute --workflow-id RUN --name pause --input '{"reason": "maintenance"}'
const (
	QueryProgress = "progress"
	UpdatePause   = "pause"
	UpdateResume  = "resume"
	UpdateStop    = "stop"
	UpdateChoose  = "choose"
)

// RunState says what a run is doing.
type RunState string

// A run is running or paused until it ends; it ends completed, or stopped by its
// operator. (A failed run has Temporal's own status and error.)
const (
	StateRunning   RunState = "running"
	StatePaused    RunState = "paused"
	StateStopping  RunState = "stopping"
	StateCompleted RunState = "completed"
	StateStopped   RunState = "stopped"
)

// StageProgress is how far one stage has come, with the newest figures
// of its last finished step. Figures that do not apply are zero.
type StageProgress struct {
	Name string      `json:"name"`
	Kind recipe.Kind `json:"kind"`
	// Activity says in a few words what the stage is at ("searching temperature", "policy step 12").
	Activity string `json:"activity,omitempty"`
	Step     int    `json:"step"`
	Steps    int    `json:"steps"`
	Done     bool   `json:"done"`
	// Skipped says that a person left the stage out.
	Skipped bool `json:"skipped,omitempty"`
	// Orders are what people have ordered of the stage, and it has obeyed.
	Orders []order.Order `json:"orders,omitempty"`
	// Loss is nats per target token (SFT).
	Loss   float64 `json:"loss,omitempty"`
	Reward float64 `json:"reward,omitempty"`
	// Entropy is temperature-adjusted, nats per response token.
	Entropy     float64 `json:"entropy,omitempty"`
	Temperature float64 `json:"temperature,omitempty"`
	// Found is what the newest temperature search chose.
	Found          temperature.Measurement `json:"found,omitzero"`
	ResponseLength float64                 `json:"response_length,omitempty"`
	Truncation     float64                 `json:"truncation,omitempty"`
	// Signal is what the last finished step gave to learn from (RL), Count the steps that had nothing.
	Signal signal.Step  `json:"signal,omitzero"`
	Count  signal.Count `json:"count,omitzero"`
	// LastEmpty is the newest step that had nothing.
	LastEmpty EmptyStep `json:"last_empty,omitzero"`
	// Collected is what a stage of kind collect has kept.
	Collected collection.Stats `json:"collected,omitzero"`
	// Curated is what the rules of a stage of kind curate have left, or each filter of an RL stage's solved problems.
	Curated curation.Funnel `json:"curated,omitempty"`
	// Taught is what a stage of kind teach has had and kept.
	Taught teacher.Stats `json:"taught,omitzero"`
	// Remarks say in words where there was nothing to learn from, and what was lowered.
	Remarks []signal.Remark `json:"remarks,omitempty"`
	// Waiting says what the stage waits for a person for, "" if it does not.
	Waiting string `json:"waiting,omitempty"`
	// Tokens counts the tokens trained and sampled so far in the stage.
	Tokens int64 `json:"tokens,omitempty"`
	// TrainedTokens are those of them that were trained.
	TrainedTokens int64 `json:"trained_tokens,omitempty"`
	// TokensPerSecond is over the last finished step.
	TokensPerSecond float64 `json:"tokens_per_second,omitempty"`
}

// EmptyStep is a policy step that had nothing to learn from; Number counts from 1.
type EmptyStep struct {
	Step   signal.Step `json:"step"`
	Number int         `json:"number"`
}

// Score is one benchmark's result after one stage.
type Score struct {
	After     string `json:"after"`
	Benchmark string `json:"benchmark"`
	Samples   int    `json:"samples"`
	// Problems is how many were measured, those without any verdict included.
	Problems int     `json:"problems,omitempty"`
	Avg      float64 `json:"avg_at_k"`
	AvgSE    float64 `json:"avg_at_k_se"`
	Pass     float64 `json:"pass_at_k"`
	// AvgSamplingSE is the standard error over other samples for the same problems.
	AvgSamplingSE float64 `json:"avg_at_k_sampling_se,omitempty"`
	// Vote is maj@k of a benchmark of math, and Shape how the responses look.
	Vote  evaluation.Vote  `json:"vote,omitzero"`
	Shape evaluation.Shape `json:"shape,omitzero"`
	// PassProblems is how many problems have all their verdicts: Pass is over those.
	PassProblems int `json:"pass_at_k_problems"`
	// Gain is Avg minus that of the evaluation before, over the GainProblems with a
	// verdict in both; GainSE its standard error, paired by problem.
	Gain         float64 `json:"gain,omitempty"`
	GainSE       float64 `json:"gain_se,omitempty"`
	GainProblems int     `json:"gain_problems,omitempty"`
}

// AvgText is avg@k for people, in percent: "12.3 ± 0.9".
func (s Score) AvgText() string { return evaluation.Text(s.Avg, s.AvgSE, s.Problems) }

// GainText is the gain for people, in percent: "+6.2 ± 1.5", or "" where there is nothing to compare with.
func (s Score) GainText() string {
	if s.GainProblems == 0 {
		return ""
	}
	return fmt.Sprintf("%+.1f ± %.1f", 100*s.Gain, 100*s.GainSE)
}

// PassText is pass@k for people, in percent: "75.0", or "not known" where no problem has all its verdicts.
func (s Score) PassText() string {
	if s.PassProblems == 0 {
		return "not known"
	}
	return fmt.Sprintf("%.1f", 100*s.Pass)
}

// Progress answers the query "progress".
type Progress struct {
	Run artifact.RunID `json:"run"`
	// Parent is the checkpoint of another run that the run began with, if there is one.
	Parent *recipe.Parent `json:"parent,omitempty"`
	State  RunState       `json:"state"`
	// Reason says why the run is paused, stopping or stopped.
	Reason string `json:"reason,omitempty"`
	// Continued says what the run goes on from, if it does.
	Continued string `json:"continued,omitempty"`
	// Numerics is the version of the numerics by which the run is computed, 0 where every version may or it is not known yet.
	Numerics int `json:"numerics,omitempty"`
	// Remarks are about the base model.
	Remarks []signal.Remark `json:"remarks,omitempty"`
	// Stages are all stages of the recipe, in order; the first that is not done is the current one.
	Stages []StageProgress `json:"stages"`
	Scores []Score         `json:"scores,omitempty"`
	// Choice is what a person has to choose, nil if there is nothing.
	Choice *Choice `json:"choice,omitempty"`
	// Approval is the stage that waits for a person's approval, "" if none does.
	Approval string `json:"approval,omitempty"`
	// Orders are what people have ordered of the run.
	Orders []order.Order `json:"orders,omitempty"`
	// Policy is the newest policy.
	Policy artifact.Policy `json:"policy"`
	// Report is the page, once it is written.
	Report artifact.Ref `json:"report,omitzero"`
}

// Result is what PostTraining returns.
type Result struct {
	Run   artifact.RunID `json:"run"`
	State RunState       `json:"state"`
	// Checkpoint is the final checkpoint. Two runs of one recipe and seed have the same one.
	Checkpoint artifact.Ref `json:"checkpoint"`
	// Report is the HTML page.
	Report artifact.Ref `json:"report"`
	Scores []Score      `json:"scores"`
	// Made are the datasets that stages have made, by name.
	Made map[string]activities.Dataset `json:"made,omitempty"`
	// Remarks are those of all stages.
	Remarks []signal.Remark `json:"remarks,omitempty"`
	// Seal is where the chain of the run's records ends, as the report's manifest has it too. Link is that manifest.
	Seal artifact.Seal `json:"seal,omitzero"`
	activities.Recorded
}
