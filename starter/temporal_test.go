package main

import (
	"context"
	"errors"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/stretchr/testify/mock"

	"temper/workflows"
)

// TestRunError: of a failure that went through activity, child and run only the
// innermost message is shown.
func TestRunError(t *testing.T) {
	app := func(message string, cause error) error {
		return temporal.NewApplicationErrorWithCause(message, "UserError", cause)
	}
	failed := func(cause error) error {
		var suite testsuite.WorkflowTestSuite
		env := suite.NewTestWorkflowEnvironment()
		env.ExecuteWorkflow(func(workflow.Context) error { return cause })
		return env.GetWorkflowError()
	}
	tests := []struct {
		err  error
		want string
	}{
		{failed(app("run stopped", app("data.train: /x.jsonl:3: not a JSON object", nil))), "run x failed: data.train: /x.jsonl:3: not a JSON object"},
		{failed(temporal.NewCanceledError()), "run x was canceled"},
		{failed(errors.New("odd")), "run x failed: odd"},
		{serviceerror.NewUnavailable("away"), "get the result of run x: Temporal does not answer"},
	}
	for _, test := range tests {
		if got := runError("x", test.err).Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// TestStartOptions holds the options of a start to what attach and --fresh promise.
func TestStartOptions(t *testing.T) {
	r := namedRecipe(t, "smoke")
	digest, err := r.Digest()
	if err != nil {
		t.Fatal(err)
	}
	for _, fresh := range []bool{false, true} {
		c := &mocks.Client{}
		var got client.StartWorkflowOptions
		c.On("ExecuteWorkflow", mock.Anything, mock.Anything, workflowType, r).Run(func(args mock.Arguments) {
			got = args.Get(1).(client.StartWorkflowOptions)
		}).Return(&mocks.WorkflowRun{}, nil)
		if err := (temporalRuns{c}).start(context.Background(), "x", r, fresh); err != nil {
			t.Fatal(err)
		}
		conflict, reuse := enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY
		if fresh {
			conflict, reuse = enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
		}
		if got.ID != "x" || got.TaskQueue != workflows.ControlQueue || got.WorkflowIDConflictPolicy != conflict ||
			got.WorkflowIDReusePolicy != reuse || got.Memo[memoDigest] != digest || got.StaticSummary != "recipe smoke, seed 1" {
			t.Errorf("fresh %v: options are %+v", fresh, got)
		}
	}
}
