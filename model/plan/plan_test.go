package plan

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/compute"
	"temper/model/recipe"
)

// onCPU are inputs for a small model on a CPU.
func onCPU() Inputs {
	return Inputs{
		Shape:   compute.Shape{Layers: 1, Hidden: 32, Intermediate: 64, Heads: 2, KeyValueHeads: 1, HeadSize: 16, Vocabulary: 53, Tied: true},
		Assume:  Default(),
		Machine: Machine{Device: compute.Device{Name: compute.CPU, BF16: 1e11, FP32: 1e11}, Devices: 1, Training: 1, UseTraining: 0.2, UseSampling: 0.1},
	}
}

func named(t *testing.T, name string, sets ...string) recipe.Recipe {
	t.Helper()
	r, err := recipe.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		if err := recipe.Set(&r, set); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// recorded counts events and activities of a history that was recorded from a run.
func recorded(t *testing.T, file string) (events float64, activities map[string]float64) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "workflows", "testdata", "0.1.0", file))
	if err != nil {
		t.Fatal(err)
	}
	var history struct {
		Events []struct {
			Scheduled *struct {
				Type struct {
					Name string `json:"name"`
				} `json:"activityType"`
			} `json:"activityTaskScheduledEventAttributes"`
		} `json:"events"`
	}
	if err := json.Unmarshal(data, &history); err != nil {
		t.Fatal(err)
	}
	activities = map[string]float64{}
	for _, e := range history.Events {
		if e.Scheduled != nil {
			activities[e.Scheduled.Type.Name]++
		}
	}
	return float64(len(history.Events)), activities
}

// TestHistoriesAsRecorded holds planned histories against those that runs of these recipes left: within a
// fifth, since tasks that come together are one event less each.
func TestHistoriesAsRecorded(t *testing.T) {
	p := New(named(t, "smoke", "stages.math.steps=22", "data.math.synthetic.count=100"), onCPU())
	for id, files := range map[string][]string{
		"": {"post_training-1.json"}, "data": {"data-1.json"}, "sft": {"sft-1.json"}, "math": {"rl_stage-2.json", "rl_stage-1.json"},
		"math/temperature": {"temperature_search-1.json"}, "evaluation-after-sft": {"evaluation-1.json"},
	} {
		var planned Workflow
		for _, w := range p.Workflows {
			if w.ID == id {
				planned = w
			}
		}
		longest, all := 0.0, map[string]float64{}
		for _, file := range files {
			events, activities := recorded(t, file)
			if activities["WriteLedger"] == 0 { // recorded before there were any
				events += activityEvents
			}
			longest = max(longest, events)
			for name, n := range activities {
				all[name] += n
			}
		}
		if math.Abs(planned.Events-longest) > longest/5 {
			t.Errorf("%q: %.0f events are planned, %.0f were recorded", id, planned.Events, longest)
		}
		if int(planned.Executions) != len(files) {
			t.Errorf("%q: %.0f executions are planned, %d were recorded", id, planned.Executions, len(files))
		}
		if id != "math" {
			continue
		}
		for _, a := range p.Activities {
			if n, ok := all[a.Name]; a.Stage == "math" && ok && a.Name == "UpdatePolicy" && n != a.Count {
				t.Errorf("%.0f activities %s are planned, %.0f were recorded", a.Count, a.Name, n)
			}
		}
	}
}

// TestRLByHand counts a stage that a person can: 3 steps of 4 problems x 4 responses of 16 tokens, half of them said.
func TestRLByHand(t *testing.T) {
	in := onCPU()
	in.Data = map[string]Data{"math": {PromptTokens: 10}}
	p := New(named(t, "smoke"), in)
	byName := map[string]Activity{}
	for _, a := range p.Activities {
		if a.Stage == "math" && a.Tokens != (Tokens{}) {
			byName[a.Name] = a // the evaluation's rollouts come last: see below
		}
	}
	update := byName["UpdatePolicy"]
	if update.Count != 3 || update.Tokens.Trained != 48*(10+8) || update.Most.Trained != 48*(10+16) || update.Tokens.Read != 0 {
		t.Errorf("updates: %+v", update)
	}
	flops := 3 * in.Shape.Forward(compute.Row(18, 8).Times(48))
	if math.Abs(update.FLOPs-flops) > 1 || math.Abs(update.Seconds-flops/2e10) > 1e-12 {
		t.Errorf("updates are %g operations in %g s, want %g", update.FLOPs, update.Seconds, flops)
	}
	if want := 2 * (12*in.Shape.Parameters() + recordBytes); math.Abs(update.Bytes-want-3*recordBytes) > 1 {
		t.Errorf("two checkpoints take %g bytes, want %g", update.Bytes, want)
	}
	// With a reference policy every rollout is read once more by it and, for the loss, by the policy itself.
	p = New(named(t, "smoke", "stages.math.objective.kl.coefficient=0.1"), in)
	for _, a := range p.Activities {
		if a.Stage == "math" && a.Name == "UpdatePolicy" && a.Tokens.Read != 2*48*18 {
			t.Errorf("with a reference %g tokens are read, want %d", a.Tokens.Read, 2*48*18)
		}
	}
}

// TestGroupsByEpoch: 16 problems, 4 a step, are four steps an epoch.
func TestGroupsByEpoch(t *testing.T) {
	b := builder{}
	s := recipe.RL{Steps: 10, ProblemsPerStep: 4, GroupSize: 4, ByEpoch: []recipe.EpochSettings{{}, {GroupSize: 8}, {GroupSize: 16}}}
	if got := b.groups(s, 16); got != 4*4+4*8+2*16 {
		t.Errorf("ten steps have %g responses to a problem, want 80", got)
	}
	s.Steps = 3
	if got := b.groups(s, 16); got != 12 {
		t.Errorf("three steps have %g, want 12", got)
	}
	if got := b.groups(s, 0); got != 12 {
		t.Errorf("without a known dataset %g, want 12", got)
	}
}

// TestEveryNamedRecipe: each can be planned on every device, and every stage of it has its activities.
func TestEveryNamedRecipe(t *testing.T) {
	for _, name := range recipe.Names() {
		r, err := recipe.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, device := range append(compute.DeviceNames(), compute.CPU) {
			in := onCPU()
			if device != compute.CPU {
				if in.Machine.Device, err = compute.DeviceNamed(device); err != nil {
					t.Fatal(err)
				}
				in.Machine.UseBandwidth = 0.6
			}
			p := New(r, in)
			check(t, name, p)
			for _, s := range p.Stages {
				if s.Activities < 1 {
					t.Errorf("%s: stage %s has no activity", name, s.Stage)
				}
				if s.Kind == recipe.KindRL && !(s.Tokens.Sampled > 0 && s.Most.Trained >= s.Tokens.Trained && s.Tokens.Trained > 0 && s.Seconds > 0) {
					t.Errorf("%s: stage %s is %+v", name, s.Stage, s)
				}
			}
		}
	}
}

// check says what no plan may have: a number that is none, or less than nothing.
func check(t *testing.T, name string, p Plan) {
	t.Helper()
	if _, err := json.Marshal(p); err != nil { // which refuses what is no number
		t.Errorf("%s: %v", name, err)
	}
	for _, a := range p.Activities {
		for _, v := range []float64{a.Count, a.Bytes, a.FLOPs, a.Seconds, a.Tokens.Sampled, a.Tokens.Trained, a.Tokens.Read, a.Tokens.Bought} {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				t.Errorf("%s: %+v", name, a)
				break
			}
		}
	}
}

// TestKnownSizes: what nobody looked at has the size of the benchmark that it is of, or what subsets take of it; a teacher's
// responses of two stages are one dataset.
func TestKnownSizes(t *testing.T) {
	p := New(named(t, "acereason-1.1"), onCPU())
	rows := map[string]Data{}
	for _, d := range p.Data {
		rows[d.Name] = d
	}
	math, code := rows["math-prompts"], rows["code-prompts"]
	if rows["aime24"].Problems != 30 || rows["livecodebench-v5"].Problems != 279 || rows["livecodebench-v6"].Problems != 175 {
		t.Errorf("benchmarks: %+v", rows)
	}
	if rows["sft-math"].From != "assumed" || math.Problems < 100000 || code.Problems < 100000 || rows["sft-math"].Problems != math.Problems {
		t.Errorf("prompts: %+v, %+v of %+v", math, code, rows["sft-math"])
	}
	if got, want := rows["traces"].Examples, 4.86*math.Problems+7.35*code.Problems; got != want || want < 2.195e6 || want > 2.205e6 {
		t.Errorf("traces are %g, want %g", got, want)
	}
	kept := subset(Data{Examples: 80, Questions: 10}, recipe.Subset{Prompts: 5, Responses: 2.5})
	if kept.Examples != 13 || kept.Questions != 5 {
		t.Errorf("half of the questions with 2.5 responses each are %+v", kept)
	}
}

// TestHostile: numbers as large as a recipe can hold neither overflow nor take time.
func TestHostile(t *testing.T) {
	const most = "9223372036854775807"
	r := named(t, "smoke", "stages.math.steps="+most, "stages.math.problems_per_step="+most, "stages.math.group_size="+most, "stages.math.shards="+most,
		"stages.math.max_response_tokens="+most, "stages.base-text.epochs="+most, "stages.base-text.batch_size=1", "data.math.synthetic.count="+most,
		"temperature_search.max_measurements="+most, "evaluation.benchmarks.math.samples="+most, "evaluation.benchmarks.math.shards="+most)
	in := onCPU()
	in.Shape = compute.Shape{Layers: math.MaxInt, Hidden: math.MaxInt, Intermediate: math.MaxInt, Heads: math.MaxInt, KeyValueHeads: math.MaxInt, HeadSize: math.MaxInt, Vocabulary: math.MaxInt}
	p := New(r, in)
	check(t, "hostile", p)
	text := strings.Join(p.Warnings, "\n")
	if !strings.Contains(text, "a history of about") || !strings.Contains(text, "Temporal ends a workflow at 51200") {
		t.Errorf("no word of its history: %s", text)
	}
}

// TestUnknownNetwork: tokens are counted where operations cannot be.
func TestUnknownNetwork(t *testing.T) {
	in := onCPU()
	in.Shape = compute.Shape{}
	p := New(named(t, "smoke"), in)
	check(t, "unknown", p)
	if in.Machine = (Machine{}); New(named(t, "smoke"), in).On != "a device that no record names, without times" {
		t.Errorf("without a machine the plan is on %s", New(named(t, "smoke"), in).On)
	}
	if p.Total.FLOPs != 0 || p.Model != nil || p.Total.Tokens.Sampled == 0 || len(p.Memory) > 0 {
		t.Errorf("%+v", p.Total)
	}
}

// TestAcceleratorByHand: reading the weights bounds decoding of few rows, the device's rate the training.
func TestAcceleratorByHand(t *testing.T) {
	seven, _ := compute.Published("Qwen2.5-7B")
	h100, err := compute.DeviceNamed("h100")
	if err != nil {
		t.Fatal(err)
	}
	m := Machine{Device: h100, Devices: 8, Training: 1, UseTraining: 0.4, UseSampling: 0.4, UseBandwidth: 0.5}
	// 16 rows of 1,000 tokens: 30.5 GB of float32 weights and 16 caches of 115 MB each step.
	step := (4*seven.Parameters() + 16*1000*114688) / (0.5 * 3.35e12)
	if got := m.decode(seven, 8*16*100, 16, 1000, 8); math.Abs(got-100*step) > 1e-9*got {
		t.Errorf("a hundred steps of 16 rows on 8 devices take %g s, want %g", got, 100*step)
	}
	if got, want := m.training(989e12*0.4, true), 1.0; math.Abs(got-want) > 1e-9 {
		t.Errorf("a second's work takes %g s", got)
	}
	if got := m.training(67e12*0.4, false); math.Abs(got-1) > 1e-9 {
		t.Errorf("a second's work in float32 takes %g s", got)
	}
}
