package workflows

import (
	"fmt"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
)

// All are the workflows, for whoever registers them: a worker, a test, a replayer.
func All() []any {
	return []any{PostTraining, PrepareData, SFT, TemperatureSearch, RLStage, Evaluation, Collect, Curate, Teach, Experiment}
}

// Register makes a worker, a test environment or a replayer know the workflows.
func Register(w worker.WorkflowRegistry) {
	for _, known := range All() {
		w.RegisterWorkflow(known)
	}
	w.RegisterDynamicWorkflow(unknownType, workflow.DynamicRegisterOptions{})
}

// unknownType answers whoever starts a workflow of a type that is not there. A child of such a type is
// of a newer version: its task fails, and waits for a worker that knows it.
func unknownType(ctx workflow.Context, _ converter.EncodedValues) (any, error) {
	info := workflow.GetInfo(ctx)
	if info.ParentWorkflowExecution != nil {
		panic(fmt.Sprintf("this worker knows no workflow type %s: a newer one may", info.WorkflowType.Name))
	}
	return nil, temporal.NewNonRetryableApplicationError(
		fmt.Sprintf("the workflow type is %q; valid: PostTraining, whose one input is a recipe as JSON", info.WorkflowType.Name), activities.UserErrorType, nil)
}

// SearchAttributes are the names and types that the namespace must have.
func SearchAttributes() map[string]enums.IndexedValueType {
	return map[string]enums.IndexedValueType{
		AttributeState.GetName():       AttributeState.GetValueType(),
		AttributeStage.GetName():       AttributeStage.GetValueType(),
		AttributeStep.GetName():        AttributeStep.GetValueType(),
		AttributeReward.GetName():      AttributeReward.GetValueType(),
		AttributeEntropy.GetName():     AttributeEntropy.GetValueType(),
		AttributeTemperature.GetName(): AttributeTemperature.GetValueType(),
	}
}
