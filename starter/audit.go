package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/spf13/cobra"

	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	"temper/model/audit"
	"temper/starter/histories"
)

// auditOptions is what the command line of audit says.
type auditOptions struct {
	runID  string
	asJSON bool
	// offline is a bundle to be read in place of the store, and key the file of the key that has to have signed it.
	offline, key string
	// recompute is how many records of each kind are drawn, with seed, and their work done again.
	recompute int
	seed      uint64
}

func newAuditCommand() *cobra.Command {
	var o auditOptions
	cmd := &cobra.Command{
		Use:   "audit RUN",
		Short: "Prove from a run's records what made its final weights, or list what is wrong with them",
		Long: `Go from a run's final weights back to every step, batch, verdict, decision and
dataset, verify every digest, compare every record with its key, its input, the
documents that it names, the recipe, and with Temporal's history where that still
has the run. What can be read without Temporal is read without it.

Printed are: who started and changed the run and why (Temporal's authenticated
identity where there is one, else what the client said it was), code, seed,
numerics, data with what was left out of it, its source and licence as the recipe
gives them, temperatures, decisions, work that was redone, and what could not be
checked. The last line is PASS, or the number of findings; with findings the exit
code is 1. Each finding says by which evidence it stands.

--recompute K draws K pieces of work of each kind, by a seed that is printed, and does
them again on this machine, in memory beside the store: rollouts, verdicts, updates,
supervised segments, datasets, curation, measurements, decisions, evaluations, the
report. They have to give the same bytes. What cannot be done again here (another
device, a reward that is not deterministic, a file that is not here) is named. It
tells a forger who made everything else anew.

export --audit writes all of it for an auditor who has neither the store nor
Temporal, and --offline audits that.`,
		Example: `  bin/starter audit demo
  bin/starter audit demo --json
  bin/starter audit demo --recompute 1 --seed 7
  bin/starter export demo --audit --to demo-audit.zip
  bin/starter audit --offline demo-audit.zip`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := o.checkRecompute(cmd); err != nil {
				return err
			}
			if o.offline != "" {
				return o.checkOffline(args)
			}
			if o.key != "" {
				return errors.New("--key goes with --offline; valid: the public key of a bundle's signature")
			}
			return oneArg("RUN", "the name of a run")(cmd, args)
		},
		RunE: action(func(cmd *cobra.Command, args []string) error {
			if o.offline != "" {
				return auditOffline(cmd, o)
			}
			return auditRun(cmd, args[0], o)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.runID, "run-id", "", "`ID` of Temporal's for the first execution, when there were several runs of this name (default: the newest)")
	flags.BoolVar(&o.asJSON, "json", false, "print all of it as JSON")
	flags.IntVar(&o.recompute, "recompute", 0, "`K` pieces of work of each kind are drawn and done again, which has to give the same bytes")
	flags.Uint64Var(&o.seed, "seed", 0, "`N` draws the same work again (default: drawn, and printed)")
	flags.StringVar(&o.offline, "offline", "", "`PATH` of what export --audit wrote, read in place of the store and Temporal")
	flags.StringVar(&o.key, "key", "", "with --offline: `FILE` of the Ed25519 key in PEM that has to have signed the statement")
	return cmd
}

// checkRecompute refuses numbers that draw nothing.
func (o *auditOptions) checkRecompute(cmd *cobra.Command) error {
	switch {
	case o.recompute < 0 || o.recompute == 0 && cmd.Flags().Changed("recompute"):
		return fmt.Errorf("--recompute is %d; valid: 1 and above", o.recompute)
	case o.recompute == 0 && cmd.Flags().Changed("seed"):
		return errors.New("--seed goes with --recompute: it says what is drawn")
	case o.recompute > 0 && !cmd.Flags().Changed("seed"):
		o.seed = rand.Uint64N(1 << 32)
	}
	return nil
}

// checkOffline refuses what does not go with a bundle.
func (o auditOptions) checkOffline(args []string) error {
	switch {
	case len(args) > 0:
		return fmt.Errorf("both RUN %s and --offline %s are given; valid: one of them", args[0], o.offline)
	case o.runID != "":
		return errors.New("--run-id does not go with --offline: a bundle is of one run")
	}
	return nil
}

func auditRun(cmd *cobra.Command, name string, o auditOptions) error {
	ctx, data := cmd.Context(), dataDir(cmd)
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	run, err := runToAudit(ctx, store, data, name, o.runID)
	if err != nil {
		return err
	}
	history, done := historyOf(cmd, data, run)
	defer done()
	show := newAuditView(cmd.ErrOrStderr())
	r, err := audit.Run(ctx, store, run, audit.Options{
		Missing: missing, History: history, Progress: show.progress,
	})
	show.close()
	if err == nil {
		err = recomputeDrawn(cmd, &r, o, "-data", data)
	}
	if err != nil {
		return interrupted(err)
	}
	return writeAudit(cmd.OutOrStdout(), r, o.asJSON)
}

// historyOf is what Temporal has of a run, nil where none answers: what else there is can be audited all the same.
func historyOf(cmd *cobra.Command, data string, run artifact.RunID) (history audit.History, done func()) {
	_, rs, err := connect(cmd.Context(), data)
	if err == nil {
		return histories.Of(cmd.Context(), rs.client, run), rs.close
	}
	if !errors.Is(err, endpoints.ErrNotRunning) {
		cmd.PrintErrln("warning: audited without Temporal's history:", err)
	}
	return nil, func() {}
}

// runToAudit is the run of a name with a Run ID, or the newest.
func runToAudit(ctx context.Context, store objectstore.Reader, data, name, id string) (artifact.RunID, error) {
	runs, err := records.Runs(ctx, store, name)
	if err != nil && !errors.Is(err, objectstore.ErrBadKey) {
		return artifact.RunID{}, err
	}
	if len(runs) == 0 {
		return artifact.RunID{}, noRun(ctx, store, data, name)
	}
	var valid []string
	for _, r := range runs {
		if id == "" || r.ID == id {
			return r.RunID, nil
		}
		valid = append(valid, r.String())
	}
	return artifact.RunID{}, fmt.Errorf("--run-id is %q, which no run %q has; valid: %s", id, name, records.Few(valid))
}

// writeAudit prints a report; findings are an error.
func writeAudit(out io.Writer, r audit.Report, asJSON bool) error {
	if asJSON {
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return fmt.Errorf("encode the audit: %w", err)
		}
		fmt.Fprintln(out, string(text))
	} else if err := r.Text(out); err != nil {
		return err
	}
	if n := len(r.Findings); n > 0 {
		return fmt.Errorf("run %s does not pass: %d findings", r.Run.Name, n)
	}
	return nil
}
