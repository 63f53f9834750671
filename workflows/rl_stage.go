package workflows

import (
	"cmp"
	"fmt"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/order"
	"temper/model/recipe"
	"temper/model/temperature"
)

// stepsPerExecution is after how many policy steps a stage continues as new, so
// that every execution's history is short enough to look at.
const stepsPerExecution = 20

// maxUpdates bounds the updates that name a policy: all work with it names them, and a worker that has none of it applies them
// one after the other. A checkpoint comes then, whatever the recipe says.
const maxUpdates = 100

// RLStageInput is one stage and the policy it starts from.
type RLStageInput struct {
	Run        artifact.RunID           `json:"run"`
	Seed       uint64                   `json:"seed"`
	Recipe     artifact.Ref             `json:"recipe"`
	Vocabulary artifact.Ref             `json:"vocabulary"`
	Numerics   recipe.Numerics          `json:"numerics"`
	Stage      recipe.Stage             `json:"stage"`
	Search     recipe.TemperatureSearch `json:"search"`
	Guard      recipe.Guard             `json:"guard,omitzero"`
	Dataset    activities.Dataset       `json:"dataset"`
	Desired    RunState                 `json:"desired"`
	// Programs is how programs are judged.
	Programs recipe.Programs `json:"programs,omitzero"`
	// Labels are the texts of the label that the stage may ask for.
	Labels recipe.Labels `json:"labels,omitzero"`
	// Demonstrations are what the objective learns from beside rollouts, if anything.
	Demonstrations activities.Dataset `json:"demonstrations,omitzero"`
	// MaxPositions bounds prompt, hint and response together.
	MaxPositions int `json:"max_positions,omitempty"`
	// Base is the policy that the run began with.
	Base artifact.Policy `json:"base,omitzero"`
	// Begin is where in its dataset the stage begins; zero is the beginning of an order of its own.
	Begin Position `json:"begin,omitzero"`
	// HandBack is the policy step from which on the stage hands back what is left, instead of continuing as new; 0 for none.
	HandBack int `json:"hand_back,omitempty"`
	// Orders are what people have ordered of the stage and it has not obeyed, each obeyed after its step.
	Orders []order.Order `json:"orders,omitempty"`
	// Chain is that of the workflow's records.
	Chain Chain        `json:"chain,omitzero"`
	State RLStageState `json:"state"`
}

// Position is where in a dataset a stage stands.
type Position struct {
	// Order is the stage whose order of the problems it is, Batches how many were drawn from it.
	Order   string `json:"order"`
	Batches int    `json:"batches"`
}

// RLStageState is all that a stage carries from one execution to the next.
type RLStageState struct {
	Policy artifact.Policy `json:"policy"`
	// Held is where it is to be had.
	activities.Held
	// Reference is the policy that a KL term holds the stage near; absent without one.
	Reference artifact.Policy `json:"reference,omitzero"`
	// Batches is the number of batches of problems drawn so far: with dynamic sampling a
	// step may take several.
	Batches int `json:"batches,omitempty"`
	// Rewards are those of the last steps, as many as the stage's plateau looks at.
	Rewards []float64 `json:"rewards,omitempty"`
	// Inside is how the stage evaluates its policies while it trains.
	Inside Inside `json:"inside,omitzero"`
	// Remaining is what is left of the stage's problems where those that are solved leave.
	Remaining Remaining `json:"remaining,omitzero"`
	// Temperature is 0 until it is found.
	Temperature float64 `json:"temperature"`
	// Changed is what people have changed.
	Changed Changed `json:"changed,omitzero"`
	// Band is how the entropy of the steps stands to the stage's band.
	Band temperature.Watch `json:"band,omitzero"`
	// Grader is the version of what judged the first step, which the recipe may pin the others to.
	Grader   string        `json:"grader,omitempty"`
	Progress StageProgress `json:"progress"`
}

// RLStage is one stage of GRPO: find the temperature, then policy step after
// policy step: rollouts and verdicts of all shards, one update.
func RLStage(ctx workflow.Context, in RLStageInput) (StageResult, error) {
	return keep(withNumerics(ctx, in.Numerics), in.Run, in.Chain, in.train)
}

func (in RLStageInput) train(ctx workflow.Context) (StageResult, error) {
	s := &rlStage{in: in, state: in.State, desired: newDesired(ctx, in.Desired), told: newOrders(ctx, in.Orders)}
	result, err := s.train(ctx)
	return stageEnded(ctx, StageResult{Policy: s.state.Policy, Progress: s.state.Progress}, result, err)
}

// train does what is left of the stage.
func (s *rlStage) train(ctx workflow.Context) (StageResult, error) {
	p := &s.state.Progress
	s.in.Stage.RL.Steps = cmp.Or(s.state.Changed.Length, s.in.Stage.RL.Steps)
	p.Name, p.Kind, p.Steps = s.in.Stage.Name, recipe.KindRL, s.in.Stage.RL.Steps
	workflow.SetCurrentDetails(ctx, stageDetails(*p)) // details do not outlive an execution
	s.setReference()
	if err := s.obey(ctx); err != nil { // a temperature that was given before the stage began needs no search
		return StageResult{}, err
	}
	if err := s.findTemperature(ctx); err != nil {
		return StageResult{}, err
	}
	for begun := p.Step; ; {
		if err := s.obey(ctx); err != nil {
			return StageResult{}, err
		}
		if s.ended() {
			break
		}
		goOn, err := s.desired.proceed()
		if err != nil {
			return StageResult{}, err
		}
		p.Waiting = ""
		if !goOn {
			return s.stopped(ctx)
		}
		if done := p.Step - begun; done >= stepsPerExecution || done > 0 && historyIsLong(ctx) {
			if handsBack(s.in.HandBack, p.Step) {
				return StageResult{Policy: s.state.Policy, Progress: *p, Rest: &Rest{RL: &s.state}}, nil
			}
			if s.in.Chain, err = seal(ctx, s.in.Run, s.in.Chain); err != nil {
				return StageResult{}, err
			}
			s.in.State, s.in.Desired, s.in.Orders = s.state, s.desired.now(), s.told.left() // what came meanwhile too
			return StageResult{}, again(ctx, RLStage, s.in)
		}
		work := s.policyStep
		switch {
		case s.evaluates(p.Step) && s.state.Inside.Step < p.Step:
			work = s.evaluate
		case s.dropsSolved():
			work = s.dropSolved
		}
		if err := work(ctx); err != nil {
			return StageResult{}, err
		}
	}
	if err := s.recordStop(ctx); err != nil {
		return StageResult{}, err
	}
	if err := s.state.Inside.last(ctx, p.Name, p.Step, 0, s.state.Policy); err != nil {
		return StageResult{}, err
	}
	p.Done = true
	return StageResult{Policy: s.state.Policy, Progress: *p, Candidates: s.state.Inside.Candidates, Position: s.position()}, nil
}

// rlStage is a stage at work.
type rlStage struct {
	in      RLStageInput
	state   RLStageState
	desired *desired
	told    *orders
	// groupSize and temperature are those of the step's epoch.
	groupSize   int
	temperature float64
	// held are the orders by the name ordered.
	held    *dataset.Orders
	ordered string
}

// beginEpoch sets what depends on how often the stage has gone through its dataset.
func (s *rlStage) beginEpoch() {
	if s.groupSize, s.temperature = s.in.Stage.RL.InEpoch(s.epochs()); s.temperature == 0 || s.state.Changed.Retuned {
		s.temperature = s.state.Temperature
	}
}

// position is where in its dataset the stage stands: after as many batches as steps, where none took more than one.
func (s *rlStage) position() Position {
	begin := s.in.Begin
	return Position{cmp.Or(begin.Order, s.in.Stage.Name), max(s.state.Batches, begin.Batches+s.state.Progress.Step)}
}

// setReference fixes, when the stage begins, the policy that a KL term is measured from.
func (s *rlStage) setReference() {
	o := s.in.Stage.RL.Objective
	if s.state.Progress.Step > 0 || !o.Needs().Reference {
		return
	}
	s.state.Reference = s.state.Policy
	if o.WithDefaults().KL.Reference == objective.BaseReference {
		s.state.Reference = s.in.Base
	}
}

// findTemperature takes the recipe's number, or searches for one.
func (s *rlStage) findTemperature(ctx workflow.Context) error {
	if s.state.Temperature != 0 {
		return nil
	}
	if !s.in.Stage.RL.Temperature.Search {
		s.state.Temperature = s.in.Stage.RL.Temperature.Value
		return nil
	}
	return s.search(ctx)
}

// policyStep samples, scores and updates once.
func (s *rlStage) policyStep(ctx workflow.Context) error {
	name, stage, p := s.in.Stage.Name, s.in.Stage.RL, &s.state.Progress
	began := workflow.Now(ctx)
	s.beginEpoch()
	batch, err := s.sample(ctx)
	if err != nil {
		return err
	}
	s.state.Grader = cmp.Or(s.state.Grader, batch.grader)
	summary := fmt.Sprintf("%s step %d: update, %d rollouts", name, p.Step+1, len(batch.problems)*s.groupSize)
	work := activities.UpdatePolicyInput{
		Run: s.in.Run, Recipe: s.in.Recipe, Policy: s.state.Policy, Update: s.update(batch.shards), Demonstrations: s.demonstrations(batch.problems),
		Checkpoint: (p.Step+1)%stage.CheckpointEvery == 0 || p.Step+1 == stage.Steps || s.evaluates(p.Step+1) || len(s.state.Policy.Updates) >= maxUpdates,
	}
	list, err := listed(ctx, batch.shards, 1)
	if err != nil {
		return err
	}
	if len(list.Parts) > 0 {
		work.Update.Shards, work.Shards = nil, list
	}
	step, err := learn[activities.StepResult](ctx, s.state.Home, summary, acts.UpdatePolicy, work)
	if err != nil {
		return fmt.Errorf("%s step %d: %w", name, p.Step+1, err)
	}
	s.state.Policy, s.state.Held = step.Policy, step.Held
	if err := s.noteUpdate(ctx, step.Update); err != nil {
		return err
	}
	p.Step++
	p.Activity = fmt.Sprintf("policy step %d", p.Step)
	p.Reward, p.Entropy, p.Temperature = step.Signal.Reward, step.Entropy, s.temperature
	p.ResponseLength, p.Truncation, p.Signal = step.ResponseLength, step.Signal.Truncation, step.Signal
	tokens := batch.tokens + step.Signal.TrainedTokens
	p.Tokens += tokens
	p.TrainedTokens += step.Signal.TrainedTokens
	if seconds := workflow.Now(ctx).Sub(began).Seconds(); seconds > 0 {
		p.TokensPerSecond = float64(tokens) / seconds
	}
	s.noteReward(p.Reward)
	guarded := s.learnt(step.Signal)
	s.report(ctx)
	if guarded != nil {
		return guarded
	}
	return s.watchBand(ctx)
}

// sample draws the rollouts of a step and scores them. With dynamic sampling it draws
// batch after batch until enough groups teach something.
func (s *rlStage) sample(ctx workflow.Context) (scored, error) {
	stage, step := s.in.Stage.RL, s.state.Progress.Step
	s.state.Batches = s.position().Batches
	var all scored
	used := map[int]bool{}
	for n := 0; n < max(1, stage.DynamicSampling.MaxBatches) && (n == 0 || all.informative < stage.ProblemsPerStep); n++ {
		problems, err := s.orders().StepProblems(s.batchSize(), s.state.Batches-s.state.Remaining.Batches)
		if err != nil {
			return scored{}, temporal.NewNonRetryableApplicationError("data."+stage.Data+": "+err.Error(), activities.UserErrorType, nil)
		}
		problems = slices.DeleteFunc(problems, func(i int) bool { return used[i] })
		if len(problems) == 0 { // the step has had the whole dataset: this batch is the next step's
			break
		}
		s.state.Batches++
		for _, i := range problems {
			used[i] = true
		}
		batch, err := s.rolloutWork().generateAndScore(ctx, s.state.Policy, step, n*stage.Shards, shardsOf(problems, stage.Shards))
		if err != nil {
			return scored{}, err
		}
		batch.problems = problems
		all.add(batch)
	}
	return all, nil
}

func (s *rlStage) rolloutWork() rolloutWork {
	return rolloutWork{
		Run: s.in.Run, Seed: order.DrawnBy(s.in.Seed, s.state.Changed.Draw), Vocabulary: s.in.Vocabulary, Domain: s.in.Stage.RL.Domain,
		Dataset: s.data().Problems, Stage: s.in.Stage.Name, Samples: s.groupSize,
		Sampling: samplingOf(s.in.Numerics, s.temperature, s.in.Stage.RL.MaxResponseTokens), Hints: s.hints(),
		Label: s.in.Labels.Of(s.in.Stage.RL.Label), Programs: s.in.Programs, Grader: s.state.Grader, Reward: s.in.Stage.RL.Reward, Waiting: s.waiting, Weights: s.state.Weights,
	}
}

// waiting shows what the step's verdicts wait for.
func (s *rlStage) waiting(ctx workflow.Context, why string) {
	if s.state.Progress.Activity = why; why == "" {
		s.state.Progress.Activity = fmt.Sprintf("policy step %d", s.state.Progress.Step+1)
	}
	s.report(ctx)
}

// update is the step's batch with the stage's settings.
func (s *rlStage) update(shards []activities.ScoredShard) activities.Update {
	stage, step := s.in.Stage.RL, s.state.Progress.Step
	informative := 0
	if stage.DynamicSampling.On() {
		informative = stage.ProblemsPerStep
	}
	return activities.Update{
		Dataset: s.data().Problems, Vocabulary: s.in.Vocabulary,
		Informative: informative,
		Stage:       s.in.Stage.Name, Step: step, Steps: cmp.Or(s.state.Changed.Schedule, stage.Steps),
		ResetOptimizer: step == stage.Done && stage.Optimizer.State == recipe.StateReset, Optimizer: stage.Optimizer,
		Temperature: s.temperature, ResponseBudget: stage.MaxResponseTokens, Objective: stage.Objective, Reference: s.state.Reference,
		Numerics: s.in.Numerics.Training(), Shards: shards,
	}
}

// stopped ends the stage early, with its policy made durable.
func (s *rlStage) stopped(ctx workflow.Context) (StageResult, error) {
	if err := s.checkpoint(ctx, "before the stop"); err != nil {
		return StageResult{}, err
	}
	return StageResult{Policy: s.state.Policy, Progress: s.state.Progress}, nil
}

// report tells PostTraining and shows the figures on this execution's own page.
func (s *rlStage) report(ctx workflow.Context) {
	reportTo(ctx, s.state.Progress)
	workflow.SetCurrentDetails(ctx, stageDetails(s.state.Progress))
	if err := upsertStage(ctx, s.desired.now(), s.state.Progress); err != nil {
		workflow.GetLogger(ctx).Warn("search attributes not set", "error", err)
	}
}
