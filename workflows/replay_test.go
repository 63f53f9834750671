package workflows

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// The histories in testdata were recorded from runs of each released version, in a folder of its name (make
// histories). A change that makes a running workflow take other commands fails
// here; it needs workflow.GetVersion.
func TestRecordedHistoriesReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.json")
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

// TestHistoriesOfEveryState: of each released version there are histories of runs in every state in which a newer one may find them.
func TestHistoriesOfEveryState(t *testing.T) {
	if flat, _ := filepath.Glob("testdata/*.json"); len(flat) > 0 {
		t.Errorf("%v are of no version; valid: a folder of the version's name", flat)
	}
	versions, err := filepath.Glob("testdata/*")
	if err != nil || len(versions) == 0 {
		t.Fatalf("no version has histories, %v", err)
	}
	for _, folder := range versions {
		files, err := filepath.Glob(filepath.Join(folder, "post_training*.json"))
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, file := range files {
			for _, state := range statesOf(t, file) {
				found[state] = true
			}
		}
		for _, want := range []string{"finished", "open", "failed", "cancelled", "reset", "continued"} {
			if !found[want] {
				t.Errorf("%s has no history of a run that is %s; make histories", folder, want)
			}
		}
	}
}

// statesOf are the states that a history of a run is of.
func statesOf(t *testing.T, file string) []string {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	history, err := client.HistoryFromJSON(in, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	switch history.Events[len(history.Events)-1].EventType {
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		states = append(states, "finished")
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		states = append(states, "failed")
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		states = append(states, "cancelled")
	default:
		states = append(states, "open")
	}
	for _, event := range history.Events {
		if event.GetWorkflowTaskFailedEventAttributes().GetCause() == enums.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW {
			states = append(states, "reset")
		}
	}
	input := history.Events[0].GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads()[0].GetData()
	if strings.Contains(string(input), `"continue_from":"`) {
		states = append(states, "continued")
	}
	return states
}
