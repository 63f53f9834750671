package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"

	"temper/deploy/endpoints"
	"temper/model/recipe"
	"temper/starter/advice"
	"temper/workflows"
)

// workflowType is the workflow that a run is.
const workflowType = "PostTraining"

// memoDigest is the memo under which a run keeps its recipe's digest, so that a
// second start with another recipe is noticed.
const memoDigest = "recipe_digest"

// callTime bounds one call to Temporal, so that a server that is away is noticed.
const callTime = 5 * time.Second

// runs is what the commands need of Temporal.
type runs interface {
	// describe says how the newest run of a name stands; one that does not exist has status "".
	describe(ctx context.Context, name string) (description, error)
	start(ctx context.Context, name string, r recipe.Recipe, fresh bool) error
	progress(ctx context.Context, name string) (workflows.Progress, error)
	// result waits for the run's end. The error of a failed run is one line of its innermost cause.
	result(ctx context.Context, name string) (workflows.Result, error)
	// control sends an update with its input, and reads the answer into into.
	control(ctx context.Context, name, update string, input, into any) error
	list(ctx context.Context) ([]description, error)
	// absence says in a line which workers are missing, "" when none is.
	absence(ctx context.Context, data string) string
	// delays are work of a running run that keeps failing and is tried again.
	delays(ctx context.Context, name string) ([]delay, error)
}

// errUnanswered says that no worker has answered in time.
var errUnanswered = fmt.Errorf("no worker answered within %s", 4*callTime)

// runStatus is Temporal's status of a run.
type runStatus string

const (
	statusAbsent     runStatus = ""
	statusRunning    runStatus = "running"
	statusCompleted  runStatus = "completed"
	statusFailed     runStatus = "failed"
	statusCanceled   runStatus = "canceled"
	statusTerminated runStatus = "terminated"
	statusTimedOut   runStatus = "timed out"
)

// description is how a run stands, as Temporal knows it without asking a worker.
type description struct {
	name   string
	status runStatus
	// id is the Run ID of the newest execution.
	id string
	// state is the status, of a run at work what it says of itself: running, paused or stopping.
	state string
	// digest is the recipe's, "" for a run that another program started.
	digest          string
	started, closed time.Time
	// experiment says that it is one, not a run.
	experiment bool
}

// temporalRuns is runs on a real Temporal.
type temporalRuns struct{ client client.Client }

// connect finds Temporal and dials it. Its client logs nothing: errors are returned.
func connect(ctx context.Context, dataDir string) (endpoints.Endpoints, temporalRuns, error) {
	e, err := endpoints.Find(dataDir)
	if err != nil {
		return e, temporalRuns{}, err
	}
	if e.Temporal.Identity == "" { // what histories and audits say who did something
		e.Temporal.Identity = whoami()
	}
	c, err := e.DialTemporal(ctx, log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	return e, temporalRuns{c}, err
}

// whoami is the person at this machine, as far as the machine knows.
func whoami() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return name + "@" + host
}

func (t temporalRuns) close() { t.client.Close() }

func (t temporalRuns) describe(ctx context.Context, name string) (description, error) {
	return t.describeWorkflow(ctx, name, workflowType)
}

// describeWorkflow says how the newest workflow of an ID stands, which must be of a type.
func (t temporalRuns) describeWorkflow(ctx context.Context, name, kind string) (description, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := t.client.DescribeWorkflowExecution(ctx, name, "")
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return description{name: name}, nil
	}
	if err != nil {
		return description{}, fmt.Errorf("describe run %s: %s", name, why(err))
	}
	info := answer.GetWorkflowExecutionInfo()
	if got := info.GetType().GetName(); got != kind {
		advised := "choose another --name"
		if got == experimentType {
			advised = "it is an experiment, whose runs have names that begin so: see " + advice.Command("", "experiment", "report", name) + ", or choose another --name"
		}
		return description{}, fmt.Errorf("workflow %s is of type %s, not %s; %s", name, got, kind, advised)
	}
	return describeInfo(info), nil
}

func describeInfo(info *workflowpb.WorkflowExecutionInfo) description {
	d := description{
		name:    info.GetExecution().GetWorkflowId(),
		id:      info.GetExecution().GetRunId(),
		status:  statusOf(info.GetStatus()),
		started: info.GetStartTime().AsTime(),
	}
	if info.GetCloseTime() != nil {
		d.closed = info.GetCloseTime().AsTime()
	}
	d.digest = payloadText(info.GetMemo().GetFields()[memoDigest])
	d.state = string(d.status)
	if d.status == statusRunning {
		d.state = cmp.Or(payloadText(info.GetSearchAttributes().GetIndexedFields()[workflows.AttributeState.GetName()]), d.state)
	}
	return d
}

// payloadText reads a text; what cannot be read counts as absent.
func payloadText(payload *commonpb.Payload) string {
	var text string
	if payload != nil {
		if err := converter.GetDefaultDataConverter().FromPayload(payload, &text); err != nil {
			return ""
		}
	}
	return text
}

func statusOf(status enumspb.WorkflowExecutionStatus) runStatus {
	switch status {
	case enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		return statusCompleted
	case enumspb.WORKFLOW_EXECUTION_STATUS_FAILED:
		return statusFailed
	case enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return statusCanceled
	case enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		return statusTerminated
	case enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		return statusTimedOut
	}
	return statusRunning // continued-as-new too: the newest execution runs
}

func (t temporalRuns) start(ctx context.Context, name string, r recipe.Recipe, fresh bool) error {
	digest, err := r.Digest()
	if err != nil {
		return err
	}
	options := client.StartWorkflowOptions{
		ID:            name,
		TaskQueue:     workflows.ControlQueue,
		StaticSummary: fmt.Sprintf("recipe %s, seed %d", r.Name, r.Seed),
		StaticDetails: startDetails(r, digest),
		Memo:          map[string]any{memoDigest: digest},
		// Started by two people at once, the second attaches.
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
	}
	if r.ContinueFrom != "" { // also from a run that was stopped
		options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	}
	if fresh {
		options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
		options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	}
	ctx, cancel := context.WithTimeout(ctx, 2*callTime)
	defer cancel()
	if _, err := t.client.ExecuteWorkflow(ctx, options, workflowType, r); err != nil {
		return fmt.Errorf("start run %s: %s", name, why(err))
	}
	return nil
}

func startDetails(r recipe.Recipe, digest string) string {
	details := fmt.Sprintf("Recipe **%s**, digest `%.12s`, seed %d\n\n", r.Name, digest, r.Seed)
	if r.ContinueFrom != "" {
		details += fmt.Sprintf("Goes on from what Run ID `%s` has in the store.\n\n", r.ContinueFrom)
	}
	for _, stage := range r.StageNames() {
		details += "- " + stage + "\n"
	}
	return details
}

func (t temporalRuns) progress(ctx context.Context, name string) (workflows.Progress, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var p workflows.Progress
	value, err := t.client.QueryWorkflow(ctx, name, "", workflows.QueryProgress)
	if err != nil {
		return p, fmt.Errorf("ask run %s for its progress: %s", name, notReady(err))
	}
	if err := value.Get(&p); err != nil {
		return p, fmt.Errorf("read the progress of run %s: %w", name, err)
	}
	return p, nil
}

// notReady is why, for a query: a run that no worker has taken up yet cannot answer one.
func notReady(err error) string {
	var early *serviceerror.WorkflowNotReady
	var failed *serviceerror.QueryFailed
	if errors.As(err, &early) || errors.As(err, &failed) && strings.Contains(failed.Message, "unknown queryType") {
		return "it has not begun yet"
	}
	return why(err)
}

func (t temporalRuns) result(ctx context.Context, name string) (workflows.Result, error) {
	var r workflows.Result
	if err := t.client.GetWorkflow(ctx, name, "").Get(ctx, &r); err != nil {
		return r, runError(name, err)
	}
	return r, nil
}

// runError is the innermost application error of a failed run: what a person can act on.
func runError(name string, err error) error {
	if ended := new(temporal.WorkflowExecutionError); !errors.As(err, &ended) {
		return fmt.Errorf("get the result of run %s: %s", name, why(err))
	}
	var message string
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		if app, ok := inner.(*temporal.ApplicationError); ok {
			message = app.Message()
		}
	}
	var terminated *temporal.TerminatedError
	var canceled *temporal.CanceledError
	switch {
	case message != "":
		return fmt.Errorf("run %s failed: %s", name, message)
	case errors.As(err, &terminated):
		return fmt.Errorf("run %s was terminated", name)
	case errors.As(err, &canceled):
		return fmt.Errorf("run %s was canceled", name)
	}
	return fmt.Errorf("run %s failed: %w", name, err)
}

func (t temporalRuns) control(ctx context.Context, name, update string, input, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 4*callTime)
	defer cancel()
	handle, err := t.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID:   name,
		UpdateName:   update,
		Args:         []any{input},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, into)
	}
	var missing *serviceerror.NotFound
	var refused *temporal.ApplicationError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return fmt.Errorf("run %s: %s", name, refused.Message())
	case errors.As(err, &missing):
		return errNoRun
	case ctx.Err() != nil:
		return errUnanswered
	}
	return fmt.Errorf("%s run %s: %s", update, name, why(err))
}

func (t temporalRuns) list(ctx context.Context) ([]description, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*callTime)
	defer cancel()
	var found []description
	var next []byte
	for {
		answer, err := t.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			PageSize: 100, NextPageToken: next,
			Query: fmt.Sprintf("WorkflowType IN ('%s', '%s') AND ExecutionStatus != 'ContinuedAsNew'", workflowType, experimentType),
		})
		if err != nil {
			return nil, fmt.Errorf("list runs: %s", why(err))
		}
		for _, info := range answer.GetExecutions() {
			d := describeInfo(info)
			d.experiment = info.GetType().GetName() == experimentType
			found = append(found, d)
		}
		if next = answer.GetNextPageToken(); len(next) == 0 {
			break
		}
	}
	return found, nil
}
