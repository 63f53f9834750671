package workflows

import (
	"os"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The histories in testdata were recorded from runs of this code (make
// histories). A change that makes a running workflow take other commands fails
// here; it needs workflow.GetVersion.
func TestRecordedHistoriesReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { recorded[replay(t, file)] = true })
	}
	for _, k := range known() {
		if !recorded[k.name] {
			t.Errorf("%s has no recorded history; record one with make histories", k.name)
		}
	}
}

// replay plays a history back under its own workflow ID, which names the children and the
// manifests, and returns the name of its workflow.
func replay(t *testing.T, file string) string {
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	history, err := client.HistoryFromJSON(in, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	started := history.Events[0].GetWorkflowExecutionStartedEventAttributes()
	original := workflow.Execution{ID: started.GetWorkflowId(), RunID: started.GetOriginalExecutionRunId()}
	if original.ID == "" {
		t.Fatal("the history does not say its workflow ID")
	}
	replayer := worker.NewWorkflowReplayer()
	Register(replayer)
	if err := replayer.ReplayWorkflowHistoryWithOptions(nil, history, worker.ReplayWorkflowHistoryOptions{OriginalExecution: original}); err != nil {
		t.Error(err)
	}
	return started.GetWorkflowType().GetName()
}
