package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"temper/model/artifact"
	"temper/model/audit"
	"temper/starter/bundle"
)

// auditOffline audits what export --audit wrote: its files against their list, the list against the statement, the
// statement against a key, and the run as any is audited.
func auditOffline(cmd *cobra.Command, o auditOptions) error {
	ctx := cmd.Context()
	var key *bundle.Key
	if o.key != "" {
		var err error
		if key, err = bundle.ReadKey(o.key); err != nil {
			return err
		}
	}
	b, err := bundle.Open(o.offline)
	if err != nil {
		return err
	}
	defer b.Close()
	show := newAuditView(cmd.ErrOrStderr())
	r, err := audit.Run(ctx, b, b.Statement.Run, audit.Options{
		Missing: missing, History: b.History(), WithoutWeights: !b.Statement.Weights, Progress: show.progress,
	})
	show.close()
	if err == nil {
		err = recomputeDrawn(cmd, &r, o, "-bundle", o.offline)
	}
	if err != nil {
		return interrupted(err)
	}
	checkStatement(&r, b.Statement)
	switch {
	case key != nil:
		if err := b.VerifySignature(ctx, key); err != nil {
			r.Find(audit.BySignature, o.offline, err.Error())
		}
	case b.Signed():
		r.NotChecked("the signature of the statement", "no --key was given")
	default:
		r.NotChecked("who made the bundle", "no key has signed its statement")
	}
	return writeAudit(cmd.OutOrStdout(), r, o.asJSON)
}

// checkStatement compares what a statement says with the run that its bundle holds.
func checkStatement(r *audit.Report, s bundle.Statement) {
	differs := func(what, said, is string) {
		if said != is {
			r.Find(audit.ByRecord, "statement.json", fmt.Sprintf("it says that the run's %s is %.12s, and its records say %.12s", what, said, is))
		}
	}
	differs("head of its chain", s.Chain, r.Head)
	differs("recipe", s.Recipe, r.Recipe.SHA256)
	differs("final checkpoint", s.Checkpoint, r.Final.Checkpoint.SHA256)
	for i, ref := range r.Final.Weights {
		var subject artifact.Ref
		if i < len(s.Subjects) {
			subject = s.Subjects[i]
		}
		differs("final weights", subject.SHA256, ref.SHA256)
	}
}
