package workflows

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/worker"
)

// All are the workflows, for whoever registers them: a worker, a test, a replayer.
func All() []any {
	return []any{PostTraining, PrepareData, SFT, TemperatureSearch, RLStage, Evaluation, Collect, Curate, Teach, Experiment}
}

// Register makes a worker, a test environment or a replayer know the workflows.
func Register(w worker.WorkflowRegistry) {
	for _, workflow := range All() {
		w.RegisterWorkflow(workflow)
	}
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
