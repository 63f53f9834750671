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
	history, done, err := copiedHistory(ctx, data, run, to)
	if err != nil {
		return interrupted(err)
	}
	defer done()
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

// copiedHistory is what Temporal has of a run, which goes into a bundle as it is read; nil where none runs.
func copiedHistory(ctx context.Context, data string, run artifact.RunID, to *bundle.Writer) (history audit.History, done func(), err error) {
	_, rs, err := connect(ctx, data)
	if errors.Is(err, endpoints.ErrNotRunning) {
		return nil, func() {}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return copying{histories.Of(ctx, rs.client, run), to}, rs.close, nil
}

// copying is a history that goes into a bundle as it is read.
type copying struct {
	of histories.Temporal
	to *bundle.Writer
}

// Each implements audit.History.
func (c copying) Each(each func(audit.Execution) error) error {
	return c.of.EachRaw(func(workflow, runID string, root bool, events []*historypb.HistoryEvent) error {
		file, err := histories.Encode(workflow, runID, root, events)
		if err == nil {
			err = c.to.History(file)
		}
		if err != nil {
			return err
		}
		return each(histories.Read(workflow, runID, root, events))
	})
}
