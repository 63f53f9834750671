package histories

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"temper/model/artifact"
	"temper/model/audit"
)

// place names an execution.
type place struct {
	workflow, runID string
	root            bool
}

// Temporal is the history of a run as a server has it now.
type Temporal struct {
	ctx    context.Context
	client client.Client
	run    artifact.RunID
}

// Of is the history of a run.
func Of(ctx context.Context, c client.Client, run artifact.RunID) Temporal {
	return Temporal{ctx, c, run}
}

// Each implements audit.History.
func (t Temporal) Each(each func(audit.Execution) error) error {
	return t.EachRaw(func(workflow, runID string, root bool, events []*historypb.HistoryEvent) error {
		return each(Read(workflow, runID, root, events))
	})
}

// EachRaw hands out the events of each execution of the run and of all that it started, nil where the server has
// them no longer.
func (t Temporal) EachRaw(each func(workflow, runID string, root bool, events []*historypb.HistoryEvent) error) error {
	wanted, parts, err := t.listed()
	if err != nil {
		return err
	}
	seen, ours := map[place]bool{}, map[string]bool{}
	for len(wanted) > 0 {
		at := wanted[0]
		wanted = wanted[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		events, err := t.events(at)
		if err != nil {
			return err
		}
		if at.root && events != nil && !t.isOf(at, events) {
			continue
		}
		wanted = append(wanted, next(at, events)...)
		if at.root && !ours[at.runID] {
			ours[at.runID] = true
			wanted = append(wanted, parts[at.runID]...)
		}
		if err := each(at.workflow, at.runID, at.root, events); err != nil {
			return err
		}
	}
	return nil
}

// listed are the executions that the server has of the run's name, after the first of the run, whether it has that or not; and those
// below each of them, by its Run ID. No history leads to all of these: a part that was reset goes on in an execution that
// nobody started.
func (t Temporal) listed() (roots []place, parts map[string][]place, err error) {
	roots, parts = []place{{t.run.Name, t.run.ID, true}}, map[string][]place{}
	var token []byte
	for {
		answer, err := t.client.ListWorkflow(t.ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("WorkflowId = '%[1]s' OR RootWorkflowId = '%[1]s'", t.run.Name), NextPageToken: token,
		})
		if err != nil {
			return nil, nil, fmt.Errorf("list the executions of run %s: %w", t.run.Name, err)
		}
		for _, info := range answer.GetExecutions() {
			at := place{info.GetExecution().GetWorkflowId(), info.GetExecution().GetRunId(), info.GetExecution().GetWorkflowId() == t.run.Name}
			if at.root {
				roots = append(roots, at)
			} else if root := info.GetRootExecution(); root.GetWorkflowId() == t.run.Name {
				parts[root.GetRunId()] = append(parts[root.GetRunId()], at)
			}
		}
		if token = answer.GetNextPageToken(); len(token) == 0 {
			byAge := func(a, b place) int { return strings.Compare(a.runID, b.runID) } // Run IDs begin with the time
			slices.SortFunc(roots[1:], byAge)
			for _, below := range parts {
				slices.SortFunc(below, byAge)
			}
			return roots, parts, nil
		}
	}
}

// events are all of an execution, nil where the server has it no longer.
func (t Temporal) events(at place) ([]*historypb.HistoryEvent, error) {
	pages := t.client.GetWorkflowHistory(t.ctx, at.workflow, at.runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var events []*historypb.HistoryEvent
	for pages.HasNext() {
		event, err := pages.Next()
		var missing *serviceerror.NotFound
		var invalid *serviceerror.InvalidArgument // a Run ID that was made up
		if errors.As(err, &missing) || errors.As(err, &invalid) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", at.workflow, err)
		}
		events = append(events, event)
	}
	return events, nil
}

// isOf tells whether an execution of the run's name is of the run itself: it began it, or goes on from it.
func (t Temporal) isOf(at place, events []*historypb.HistoryEvent) bool {
	started := events[0].GetWorkflowExecutionStartedEventAttributes()
	return at.runID == t.run.ID || started.GetFirstExecutionRunId() == t.run.ID || continuedFrom(first(started.GetInput())) == t.run.ID
}

// next are the executions that one leads to: what it was continued as, and what it started.
func next(at place, events []*historypb.HistoryEvent) []place {
	var found []place
	for _, event := range events {
		if as := event.GetWorkflowExecutionContinuedAsNewEventAttributes(); as != nil {
			found = append(found, place{at.workflow, as.GetNewExecutionRunId(), at.root})
		}
		if child := event.GetChildWorkflowExecutionStartedEventAttributes(); child != nil {
			found = append(found, place{child.GetWorkflowExecution().GetWorkflowId(), child.GetWorkflowExecution().GetRunId(), false})
		}
	}
	return found
}
