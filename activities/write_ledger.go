package activities

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"temper/activities/records"
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
	read := make(chan error, 1)
	go func() { read <- a.readLinks(ctx, in.Ledger.Links) }() // while the record is looked for
	m, err := a.once(ctx, t, func(_ context.Context, m *artifact.Manifest) error {
		m.Ledger = &in.Ledger
		return errors.Join(in.Ledger.Verify(), <-read)
	})
	return Recorded{m.Link}, classify(ctx, "write ledger", err)
}

// linksAtOnce is how many manifests are read at once.
const linksAtOnce = 64

// readLinks reads every manifest that links name: what was acknowledged and is not there is waited for, since
// nothing is sealed that was not seen.
func (a *Activities) readLinks(ctx context.Context, links []artifact.Link) error {
	group, all := errgroup.WithContext(ctx)
	group.SetLimit(linksAtOnce)
	for _, l := range links {
		group.Go(func() error {
			m, err := records.Read(all, a.Store, l.Key)
			if err == nil && m.Link != l {
				err = fmt.Errorf("%s: it is not what was recorded: %w", l.Key, artifact.ErrCorrupt)
			}
			return err
		})
	}
	return group.Wait()
}
