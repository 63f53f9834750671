package report

import (
	"fmt"
	"math"

	"temper/model/artifact"
	"temper/model/collection"
	"temper/model/curation"
	"temper/model/plan"
	"temper/model/recipe"
	"temper/model/signal"
)

// Stage is one stage of the run.
type Stage struct {
	Name string
	// Kind is empty for a stage that is not in the recipe.
	Kind recipe.Kind
	// Section is the id of its records in the appendix.
	Section string
	// SFT or RL are the settings of a stage that trains, Collect of one that collects examples, Curate of one
	// that curates, Teach of one that asks a teacher.
	SFT     *recipe.SFT
	RL      *recipe.RL
	Collect *recipe.Collect
	Curate  *recipe.Curate
	Teach   *recipe.Teach
	// Collected is what a stage has kept as examples, nil if nothing is recorded yet.
	Collected *Collected
	// Curated is what the rules of a stage that curates have left, in order, each with its record.
	Curated []Curated
	// Taught is what a teacher has answered so far, nil if nothing is recorded yet.
	Taught *Taught
	// Loss is in nats per target token, for supervised stages.
	Loss Curve
	// The others are for RL stages: mean reward, temperature-adjusted entropy in
	// nats per response token, mean response tokens, share of truncated rollouts.
	Reward, Entropy, ResponseLength, Truncation Curve
	// What each policy step had to learn from: the share of zero-variance groups and
	// of rollouts left out by overlong filtering, trained tokens, gradient norm, and the
	// standard deviation of the advantages.
	ZeroVariance, Filtered, Trained, GradNorm, Advantages Curve
	// Temperatures are those that the policy steps sampled at, LearningRate that of every recorded update.
	Temperatures, LearningRate Curve
	// Terms of the loss, empty where the objective has none: KL to a reference, the share of
	// tokens whose ratio was clipped, the value head's loss, the likelihood of demonstrations.
	KL, Clipped, ValueLoss, Likelihood Curve
	// Last is the newest step's, LastSource its record; Remarks say where there was nothing.
	Last       signal.Step
	LastSource string
	Remarks    []StageRemark
	// Temperature is that of the last policy step.
	Temperature Number
	// Searches are the stage's temperature searches, in order; empty where nothing was measured.
	Searches []Search
	// Left are the times that the entropy left the stage's band.
	Left []Left
	// Evaluations are keyed by benchmark.
	Evaluations map[string]Evaluation
	// Planned is what the recipe asked for in the stage: see Run.Planned.
	Planned plan.Sum
	// Inside are those while the stage trained, by the number of its updates.
	Inside []Inside
	// Decisions are what the stage decided, by what about.
	Decisions map[string]Decision
	Cost      Cost
}

// Collected is a stage's collection.
type Collected struct {
	collection.Stats
	// Examples is what the dataset holds now.
	Examples Number
	Source   string
}

// Curated is what one rule has left of a dataset.
type Curated struct {
	curation.Passed
	// Number counts the stage's rules from 1; of an RL stage, whose solved problems leave, its epochs.
	Number int
	Source string
	// Rollouts and Tokens were sampled for it alone, in an RL stage.
	Rollouts, Tokens Number
}

// Cost is what work took and handled.
type Cost struct {
	// Wall is from the first start to the last end, in seconds; CPU the sum of CPU seconds.
	Wall, CPU Number
	// Updates, and the tokens that went through them or were sampled (evaluations included).
	Updates, TrainedTokens, SampledTokens Number
	// Bought are the response tokens of teachers, by their servers' count.
	Bought Number
	// Packed is the share of the slots of training rows that held a token; the rest is padding.
	Packed Number
	Compute
	// Ungradable responses, and Retries: attempts beyond the first.
	Ungradable, Retries Number
}

func newStage(r recipe.Recipe, name string, index int, own []record) Stage {
	s := Stage{Name: name, Section: sectionID(index), Evaluations: map[string]Evaluation{}}
	if index < len(r.Stages) {
		stage := r.Stages[index]
		s.Kind, s.SFT, s.RL, s.Collect, s.Curate, s.Teach = stage.Kind, stage.SFT, stage.RL, stage.Collect, stage.Curate, stage.Teach
	}
	for _, m := range own {
		if m.abandoned {
			continue
		}
		switch m.Kind {
		case artifact.KindSFT:
			s.Loss = s.Loss.addSegment(m, artifact.MetricLoss)
			s.GradNorm = s.GradNorm.addSegment(m, artifact.MetricGradNorm)
			s.LearningRate = s.LearningRate.addSegment(m, artifact.MetricLearningRate)
		case artifact.KindUpdate:
			s.Reward = s.Reward.add(m, artifact.MetricReward)
			s.Entropy = s.Entropy.add(m, artifact.MetricEntropy)
			s.ResponseLength = s.ResponseLength.add(m, artifact.MetricResponseLength)
			s.Truncation = s.Truncation.add(m, artifact.MetricTruncation)
			s.Temperature = m.number(artifact.MetricTemperature)
			s.Temperatures = s.Temperatures.add(m, artifact.MetricTemperature)
			s.LearningRate = s.LearningRate.add(m, artifact.MetricLearningRate)
			s.addSignal(m)
		case artifact.KindEvaluation:
			if _, step, inside := artifact.ParseInside(m.Stage); inside {
				s.addInside(m, step)
			} else {
				s.Evaluations[m.Name] = evaluationOf(m)
			}
		case artifact.KindDecision:
			s.addDecision(m)
		case artifact.KindCuration:
			s.addCurated(m)
		case artifact.KindDataset:
			if s.Teach != nil {
				continue
			}
			s.Collected = &Collected{collection.FromMetrics(m.Metrics), m.number(artifact.MetricNumExamples), m.id}
		}
	}
	if s.Teach != nil {
		s.Taught = taughtOf(own)
	}
	s.Searches, s.Left = searchesOf(r.TemperatureSearch, own), leftBand(s)
	s.Remarks = remarksOf(r, s, own)
	s.Cost = costOf(own, s.Section)
	return s
}

// addCurated adds what a rule has left; a later record of the same rule replaces an earlier one.
func (s *Stage) addCurated(m record) {
	c := Curated{curation.FromMetrics(s.rule(m.Step), m.Metrics), m.Step, m.id, m.number(artifact.MetricRollouts), m.number(artifact.MetricResponseTokens)}
	if n := len(s.Curated); n > 0 && s.Curated[n-1].Number == m.Step {
		s.Curated = s.Curated[:n-1]
	}
	s.Curated = append(s.Curated, c)
}

// rule is the key of the stage's rule of a number, counted from 1.
func (s Stage) rule(number int) string {
	if s.RL != nil {
		return curation.RuleSolved
	}
	if s.Curate == nil || number < 1 || number > len(s.Curate.Rules) {
		return fmt.Sprintf("rule %d", number)
	}
	return s.Curate.Rules[number-1].Name()
}

// add appends a metric; a later record of the same step replaces an earlier one.
func (c Curve) add(m record, metric string) Curve {
	n := m.number(metric)
	if !n.Known() {
		return c
	}
	return c.put(Point{m.Step, n})
}

func (c Curve) put(p Point) Curve {
	if n := len(c); n > 0 && c[n-1].Step == p.Step {
		c[n-1] = p
		return c
	}
	return append(c, p)
}

// addSegment appends a metric of each update of a segment that ends at m.Step.
func (c Curve) addSegment(m record, metric string) Curve {
	series := m.Series[metric]
	if len(series) == 0 {
		return c.add(m, metric)
	}
	first := m.Step - len(series) + 1
	for len(c) > 0 && c[len(c)-1].Step >= first { // the segment was done again after a reset
		c = c[:len(c)-1]
	}
	for i, value := range series {
		if !math.IsNaN(value) && !math.IsInf(value, 0) {
			c = append(c, Point{first + i, Number{value, m.id}})
		}
	}
	return c
}

// costOf sums over records. What the sums come from is a section of the appendix.
func costOf(own []record, section string) Cost {
	var c Cost
	add := func(to *Number, value float64) { *to = Number{to.Value + value, section} }
	addMetric := func(to *Number, m record, metric string) {
		if n := m.number(metric); n.Known() {
			add(to, n.Value)
		}
	}
	started, ended := span(own)
	if !started.IsZero() && !ended.IsZero() {
		add(&c.Wall, ended.Sub(started).Seconds())
	}
	var slots Number
	updates := map[string]int{} // by stage: a segment's step counts the updates before it too
	for _, m := range own {
		add(&c.CPU, m.Work.CPUSeconds)
		add(&c.Retries, float64(max(m.Work.Attempt-1, 0)))
		switch m.Kind {
		case artifact.KindSFT, artifact.KindUpdate:
			addMetric(&c.TrainedTokens, m, artifact.MetricTrainedTokens)
			addMetric(&slots, m, artifact.MetricTrainedSlots)
			updates[m.Stage] = max(updates[m.Stage], m.Step)
		case artifact.KindRollouts, artifact.KindMeasurement:
			addMetric(&c.SampledTokens, m, artifact.MetricResponseTokens)
		case artifact.KindTeaching:
			addMetric(&c.Bought, m, artifact.MetricBoughtTokens)
		case artifact.KindVerdicts:
			addMetric(&c.Ungradable, m, artifact.MetricUngradable)
		}
	}
	for _, name := range sortedKeys(updates) {
		add(&c.Updates, float64(updates[name]))
	}
	if slots.Value > 0 {
		c.Packed = Number{c.TrainedTokens.Value / slots.Value, section}
	}
	return c
}
