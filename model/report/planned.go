package report

import (
	"temper/model/artifact"
	"temper/model/compute"
	"temper/model/plan"
)

// plan says what could be known of the run before its first stage: of its recipe, the rows of its
// data as they were prepared, and the device that its first work names.
func (r *Run) plan(all records) {
	count := newCounter(r.Recipe, all.sorted)
	in := plan.Inputs{Assume: plan.Default(), Data: map[string]plan.Data{}}
	if count.known {
		in.Shape = count.shape
	}
	for _, m := range all.sorted {
		if m.Kind == artifact.KindDataset && m.Stage == "" {
			in.Data[m.Name] = plan.Data{
				Problems: m.number(artifact.MetricNumProblems).Value, Examples: m.number(artifact.MetricNumExamples).Value, From: "record",
				PromptTokens: m.number(artifact.MetricMeanPrompt).Value, ExampleTokens: m.number(artifact.MetricMeanExample).Value,
			}
		}
	}
	in.Machine = machineOf(all.sorted)
	p := plan.New(r.Recipe, in)
	r.Planned = &p
	for i := range r.Recipe.Stages {
		r.Stages[i].Planned = p.Stages[i]
	}
}

// machineOf is the machine that the first record names which says what it computes on.
func machineOf(all []record) plan.Machine {
	for _, m := range all {
		if m.Work.Peak > 0 {
			return plan.OnCPU(m.Work.Peak)
		}
		if d, err := compute.DeviceNamed(m.Work.Device); err == nil {
			return plan.On(d, 1)
		}
	}
	return plan.Machine{}
}

// Planning is the plan of the whole run beside what was measured, as a stage's is.
func (r Run) Planning() Stage { return Stage{Planned: r.Planned.Total, Cost: r.Total} }
