package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"temper/model/artifact"
	"temper/model/objective"
	"temper/model/recipe"
)

// fake makes the manifests of a run that was never run, in the shapes that the
// activities write.
type fake struct {
	recipe    recipe.Recipe
	run       artifact.RunID
	random    *rand.Rand
	clock     time.Time
	manifests []artifact.Manifest
}

func fakeRecipe() recipe.Recipe {
	optimizer := recipe.Optimizer{LearningRate: 4e-4, Schedule: "constant", Beta1: .9, Beta2: .95, Epsilon: 1e-8, MaxGradNorm: 1, State: "reset"}
	stage := func(name string, domain recipe.Domain, budget, steps int) recipe.Stage {
		return recipe.Stage{Name: name, Kind: recipe.KindRL, RL: &recipe.RL{
			Domain: domain, Data: name, MaxResponseTokens: budget, ProblemsPerStep: 16, GroupSize: 8, Steps: steps,
			Temperature: recipe.Temperature{Search: true}, Objective: objective.Settings{Advantage: objective.Advantage{Std: objective.PopulationStd}},
			Optimizer: optimizer, Shards: 2, CheckpointEvery: 5,
		}}
	}
	supervised := func(name, data string) recipe.Stage {
		return recipe.Stage{Name: name, Kind: recipe.KindSFT, SFT: &recipe.SFT{Data: data, Epochs: 1, BatchSize: 16}}
	}
	last := stage("math-last", "math", 48, 15)
	last.RL.Temperature = recipe.Temperature{Value: 1.2}
	bench := func(name string) recipe.Benchmark {
		return recipe.Benchmark{Name: name, Domain: "math", Data: name, Samples: 4, Temperature: .6, TopP: .95, MaxResponseTokens: 80, Shards: 2}
	}
	return recipe.Recipe{
		Name: "demo", Seed: 3, Tokenizer: "synthetic",
		Stages: []recipe.Stage{
			supervised("base-text", "base-text"), supervised("sft", "demonstrations"),
			stage("math-short", "math", 36, 30), stage("math-longer", "math", 48, 15), stage("code", "code", 40, 35), last,
		},
		TemperatureSearch: recipe.TemperatureSearch{TargetEntropy: .3, Tolerance: .03, Min: .4, Max: 1.8, Start: 1, MaxMeasurements: 6},
		Evaluation:        recipe.Evaluation{Benchmarks: []recipe.Benchmark{bench("math"), bench("hard"), bench("code")}},
	}
}

// fakeRun is a run that has done everything.
func fakeRun() *fake {
	f := &fake{
		recipe: fakeRecipe(), run: artifact.RunID{Name: "first-light", ID: "0f3c2b1a-7d4e-4c55-9a10-6b2f8e1d0c93"},
		random: rand.New(rand.NewPCG(1, 2)), clock: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
	}
	f.add(artifact.Manifest{Kind: artifact.KindRecipe, Outputs: f.output("recipe")}, 0.1)
	for i, name := range []string{"base-text", "demonstrations", "math-short", "code"} {
		f.add(artifact.Manifest{
			Kind: artifact.KindDataset, Name: name, Outputs: f.output("problems"),
			Metrics: map[string]float64{artifact.MetricRecords: float64(5600 - 900*i), artifact.MetricGoldsAsText: 0.01 * float64(i), artifact.MetricGoldsFailing: float64(i)},
			Remarks: map[string][]string{"math-short": {"2 of 3800 reference answers are not correct against themselves"}}[name],
		}, 0.3)
	}
	f.add(artifact.Manifest{Kind: artifact.KindCheckpoint, Outputs: f.output("checkpoint")}, 0.2)
	accuracy := map[string][]float64{ // after base text, SFT and the four stages
		"math": {0, .551, .773, .834, .774, .871}, "hard": {0, .289, .479, .524, .465, .530}, "code": {0, .366, .355, .349, .605, .58},
	}
	for i, s := range f.recipe.Stages {
		if s.SFT != nil {
			f.supervised(s.Name, 5.0/float64(1+2*i))
		} else {
			f.stage(s.Name, *s.RL, accuracy["math"][i-1])
		}
		f.evaluate(s.Name, i, accuracy)
	}
	return f
}

func (f *fake) output(name string) map[string]artifact.Ref {
	return map[string]artifact.Ref{name: artifact.RefOf(fmt.Appendf(nil, "%s %d", name, len(f.manifests)))}
}

// add records work that took some seconds.
func (f *fake) add(m artifact.Manifest, seconds float64) {
	started := f.clock
	f.clock = f.clock.Add(time.Duration(seconds * 1e9))
	attempt := 1
	if len(f.manifests)%97 == 50 {
		attempt = 2
	}
	m.Run = f.run
	m.Work = artifact.Work{Worker: "worker-1", CodeVersion: "8f1c2ab", Attempt: attempt, Started: started, Ended: f.clock, CPUSeconds: 3.1 * seconds}
	f.manifests = append(f.manifests, m)
}

func (f *fake) noise(size float64) float64 { return size * f.random.NormFloat64() }

func (f *fake) supervised(name string, start float64) {
	for end := 50; end <= 300; end += 50 {
		var losses []float64
		for i := end - 49; i <= end; i++ {
			losses = append(losses, math.Abs(0.25+start*math.Exp(-float64(i)/40)+f.noise(0.03)))
		}
		f.add(artifact.Manifest{
			Kind: artifact.KindSFT, Stage: name, Step: end, Inputs: f.output("parent"), Outputs: f.output("checkpoint"),
			Metrics: map[string]float64{artifact.MetricLoss: losses[49], artifact.MetricTrainedTokens: 25011, artifact.MetricTrainedSlots: 30000, artifact.MetricLearningRate: 2e-3},
			Series:  map[string][]float64{artifact.MetricLoss: losses},
		}, 3)
	}
}

func (f *fake) stage(name string, s recipe.RL, start float64) {
	temperature := 1.2
	if s.Temperature.Search {
		for i, t := range []float64{1, 1.4, 1.19} {
			f.add(artifact.Manifest{Kind: artifact.KindMeasurement, Stage: name, Step: i, Outputs: f.output("rollouts"), Metrics: map[string]float64{
				artifact.MetricTemperature: t, artifact.MetricEntropy: .21*t*t*t + f.noise(.01), artifact.MetricRollouts: 128,
				artifact.MetricResponseLength: 33 + 4*t, artifact.MetricTruncation: .05 * t, artifact.MetricResponseTokens: 4700,
			}}, 1.4)
		}
		temperature = 1.19
		f.add(artifact.Manifest{Kind: artifact.KindTemperature, Stage: name, Metrics: map[string]float64{
			artifact.MetricTemperature: temperature, artifact.MetricEntropy: .31, artifact.MetricTargetEntropy: .3, artifact.MetricWithinTolerance: 1,
		}}, 0.05)
	}
	for step := 1; step <= s.Steps; step++ {
		progress := 1 - math.Exp(-float64(step)/15)
		f.shards(name, step-1, s.Shards)
		outputs := f.output("update")
		if step%s.CheckpointEvery == 0 {
			outputs["checkpoint"] = artifact.RefOf(fmt.Appendf(nil, "checkpoint %s %d", name, step))
		}
		length := 35 - 9*progress + f.noise(.5)
		f.add(artifact.Manifest{Kind: artifact.KindUpdate, Stage: name, Step: step, Inputs: f.output("policy"), Outputs: outputs, Metrics: map[string]float64{
			artifact.MetricReward: min(start*.8+.3*progress+f.noise(.03), 1), artifact.MetricEntropy: .31 - .12*progress + f.noise(.01),
			artifact.MetricResponseLength: length, artifact.MetricTruncation: max(.35*math.Exp(-float64(step)/8)+f.noise(.01), 0),
			artifact.MetricTemperature: temperature, artifact.MetricRollouts: 128, artifact.MetricResponseTokens: 128 * length,
			artifact.MetricGroups: 16, artifact.MetricZeroVarianceGroups: 3, artifact.MetricFiltered: 8, artifact.MetricGradNorm: .4,
			artifact.MetricAdvantageMin: -2.6, artifact.MetricAdvantageMax: 2.6, artifact.MetricAdvantageStd: .9, artifact.MetricAdvantageZero: .1875,
			artifact.MetricTrainedTokens: 4321, artifact.MetricTrainedSlots: 5000, artifact.MetricUngradable: 0, artifact.MetricLoss: f.noise(.01),
		}}, 0.6)
	}
}

func (f *fake) shards(stage string, step, number int) {
	for shard := range number {
		f.add(artifact.Manifest{
			Kind: artifact.KindRollouts, Stage: stage, Step: step, Shard: shard, Outputs: f.output("rollouts"),
			Metrics: map[string]float64{artifact.MetricResponseTokens: 2000},
		}, 0.5)
		f.add(artifact.Manifest{
			Kind: artifact.KindVerdicts, Stage: stage, Step: step, Shard: shard, Outputs: f.output("verdicts"),
			Metrics: map[string]float64{artifact.MetricCorrect: 40, artifact.MetricIncorrect: 23, artifact.MetricUngradable: 1},
		}, 0.02)
	}
}

func (f *fake) evaluate(after string, column int, accuracy map[string][]float64) {
	for _, b := range f.recipe.Evaluation.Benchmarks {
		f.shards("after-"+after+"-"+b.Name, 0, b.Shards)
		avg := accuracy[b.Name][column]
		metrics := map[string]float64{
			artifact.MetricProblems: 100, artifact.MetricSamples: 4, artifact.MetricAvg: avg, artifact.MetricAvgSE: .09 * math.Sqrt(avg*(1-avg)),
			artifact.MetricPass: min(1.25*avg, 1), artifact.MetricPassSE: .06 * math.Sqrt(avg*(1-avg)), artifact.MetricUngradable: 0,
			artifact.MetricResponseLength: 26.1, artifact.MetricTruncation: .012, artifact.MetricResponseTokens: 10440, artifact.MetricRollouts: 400,
		}
		if column > 0 { // the first evaluation has none to be compared with
			metrics[artifact.MetricGain], metrics[artifact.MetricGainSE] = avg-accuracy[b.Name][column-1], .023
		}
		f.add(artifact.Manifest{Kind: artifact.KindEvaluation, Stage: after, Name: b.Name, Metrics: metrics}, 0.1)
	}
}
