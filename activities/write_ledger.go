package activities

import (
	"context"

	"temper/model/artifact"
)

// WriteLedgerInput is a piece of a workflow's chain.
type WriteLedgerInput struct {
	Run artifact.RunID `json:"run"`
	// Stage and Part are the workflow's: PostTraining has neither, and the child of a child is a part of its stage.
	Stage string `json:"stage,omitempty"`
	Part  string `json:"part,omitempty"`
	// Number is how many links the chain has by the ledger's end.
	Number int             `json:"number"`
	Ledger artifact.Ledger `json:"ledger"`
}

// WriteLedger records a piece of a workflow's chain, so that the chain can be checked from the store alone.
func (a *Activities) WriteLedger(ctx context.Context, in WriteLedgerInput) (Recorded, error) {
	t := task{artifact.Manifest{Kind: artifact.KindLedger, Run: in.Run, Stage: in.Stage, Name: in.Part, Step: in.Number}, in}
	m, err := a.once(ctx, t, func(_ context.Context, m *artifact.Manifest) error {
		m.Ledger = &in.Ledger
		return in.Ledger.Verify()
	})
	return Recorded{m.Link}, classify(ctx, "write ledger", err)
}
