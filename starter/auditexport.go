package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	historypb "go.temporal.io/api/history/v1"

	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/audit"
	"temper/starter/advice"
	"temper/starter/bundle"
	"temper/starter/histories"
)

// exportAudit writes what an auditor needs of a run outside its store.
func exportAudit(cmd *cobra.Command, o exportOptions) error {
	ctx, data := cmd.Context(), dataDir(cmd)
	var key *bundle.Key
	if o.key != "" {
		var err error
		if key, err = bundle.ReadKey(o.key); err != nil {
			return err
		}
		if !key.Private() {
			return fmt.Errorf("--key is %s, which is a public key; valid: the private one, to sign with", o.key)
		}
	}
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	run, err := runToAudit(ctx, store, data, o.run, o.runID)
	if err != nil {
		return err
	}
	to, err := bundle.Create(o.to)
	if err != nil {
		return err
	}
	defer to.Abandon()
	history, err := copyHistory(ctx, data, run, to)
	if err != nil {
		return interrupted(err)
	}
	show := newAuditView(cmd.ErrOrStderr())
	r, err := audit.Run(ctx, bundle.Copying{Store: store, To: to}, run, audit.Options{
		Missing: missing, History: history, WithoutWeights: !o.weights, Progress: show.progress,
	})
	show.close()
	if err != nil {
		return interrupted(err)
	}
	if !r.Passed() {
		return fmt.Errorf("run %s does not pass, and nothing is written: %d findings, see %s", run.Name, len(r.Findings), advice.Command(data, "audit", run.Name))
	}
	if err := to.Finish(ctx, r, o.weights, key); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), o.to)
	return err
}

func missing(err error) bool { return errors.Is(err, objectstore.ErrNotFound) }

// copyHistory puts what Temporal has of a run into a bundle, and returns it; nil where none runs.
func copyHistory(ctx context.Context, data string, run artifact.RunID, to *bundle.Writer) (audit.History, error) {
	_, rs, err := connect(ctx, data)
	if errors.Is(err, endpoints.ErrNotRunning) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer rs.close()
	var copied executions
	err = histories.Of(ctx, rs.client, run).EachRaw(func(workflow, runID string, root bool, events []*historypb.HistoryEvent) error {
		file, err := histories.Encode(workflow, runID, root, events)
		if err != nil {
			return err
		}
		copied = append(copied, file)
		return to.History(file)
	})
	return copied, err
}

// executions are histories that were read already.
type executions [][]byte

// Each implements audit.History.
func (e executions) Each(each func(audit.Execution) error) error {
	for _, file := range e {
		execution, err := histories.Decode(file)
		if err != nil {
			return err
		}
		if err := each(execution); err != nil {
			return err
		}
	}
	return nil
}
