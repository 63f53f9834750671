package workflows

import (
	"fmt"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// known are the workflows by the names of their types, as whoever starts them finds them.
func known() []kind {
	return []kind{
		{"PostTraining", whole("recipe", PostTraining)},
		{"Experiment", whole("experiment", Experiment)},
		{"PrepareData", part(PrepareData)},
		{"SFT", part(SFT)},
		{"TemperatureSearch", part(TemperatureSearch)},
		{"RLStage", part(RLStage)},
		{"Evaluation", part(Evaluation)},
		{"Collect", part(Collect)},
		{"Curate", part(Curate)},
		{"Teach", part(Teach)},
	}
}

// kind is a workflow and the name of its type.
type kind struct {
	name string
	do   any
}

// Types are the names of the workflows' types.
func Types() []string {
	var names []string
	for _, k := range known() {
		names = append(names, k.name)
	}
	return names
}

// Register makes a worker, a test environment or a replayer know the workflows.
func Register(w worker.WorkflowRegistry) {
	for _, k := range known() {
		w.RegisterWorkflowWithOptions(k.do, workflow.RegisterOptions{Name: k.name})
	}
	w.RegisterDynamicWorkflow(unknownType, workflow.DynamicRegisterOptions{})
}

// RegisterElsewhere makes a worker of a task queue that no workflow belongs on answer those that are started there.
func RegisterElsewhere(w worker.WorkflowRegistry) {
	w.RegisterDynamicWorkflow(elsewhere, workflow.DynamicRegisterOptions{})
}

// unknownType answers whoever starts a workflow of a type that is not there. A child of such a type is
// of a newer version: its task fails, and waits for a worker that knows it.
func unknownType(ctx workflow.Context, _ converter.EncodedValues) (any, error) {
	info := workflow.GetInfo(ctx)
	if info.ParentWorkflowExecution != nil {
		panic(fmt.Sprintf("this worker knows no workflow type %s: a newer one may", info.WorkflowType.Name))
	}
	return nil, wrong("the workflow type is %q; valid: %s", info.WorkflowType.Name, valid)
}

// elsewhere answers whoever starts a workflow on a task queue for activities.
func elsewhere(ctx workflow.Context, _ converter.EncodedValues) (any, error) {
	info := workflow.GetInfo(ctx)
	return nil, wrong("%s was started on the task queue %s, which is for activities of runs; valid: %s", info.WorkflowType.Name, info.TaskQueueName, valid)
}
