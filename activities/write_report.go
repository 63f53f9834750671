package activities

import (
	"context"
	"errors"
	"time"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/report"
)

// WriteReportInput asks for the run's page.
type WriteReportInput struct {
	Run    artifact.RunID `json:"run"`
	Recipe artifact.Ref   `json:"recipe"`
	// Final is the policy that the run ended with: it tells a stopped run's report from a later one.
	Final artifact.Policy `json:"final"`
	// Seal is where the chain of the run's records ends.
	Seal artifact.Seal `json:"seal,omitzero"`
}

// WriteReport renders one page from what the run has recorded, and stores it. The
// page says which of them are damaged, and is written without those.
func (a *Activities) WriteReport(ctx context.Context, in WriteReportInput) (RecordedRef, error) {
	t := task{artifact.Manifest{Kind: artifact.KindReport, Run: in.Run}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		page, err := a.renderReport(ctx, in)
		if err != nil {
			return err
		}
		m.Outputs = map[string]artifact.Ref{}
		if !in.Seal.IsZero() {
			m.Seal = &in.Seal
		}
		return a.putOutput(ctx, m, artifact.OutputReport, page)
	})
	if err != nil {
		return RecordedRef{}, classify(ctx, "write report", err)
	}
	return recordedRef(m, artifact.OutputReport), nil
}

func (a *Activities) renderReport(ctx context.Context, in WriteReportInput) ([]byte, error) {
	data, err := a.Store.Get(ctx, in.Recipe)
	if err != nil {
		return nil, err
	}
	r, err := recipe.Decode(data)
	if err != nil {
		return nil, err
	}
	book, err := records.Open(ctx, a.Store, in.Run)
	if err != nil {
		return nil, err
	}
	if !in.Seal.IsZero() {
		book.Sealed(in.Seal, time.Now())
	}
	manifests, refused, err := book.All(ctx)
	if err != nil {
		return nil, err
	}
	if len(manifests)+len(refused) == 0 {
		return nil, errors.New("the run has no manifests")
	}
	run, err := report.Build(r, manifests)
	if err != nil {
		return nil, err
	}
	run.Refused = records.Lines(refused)
	if !in.Seal.IsZero() {
		run.Seal = &in.Seal
	}
	if run.Samples, err = ReportSamples(ctx, a.Store, r.Stages, manifests); err != nil {
		return nil, err
	}
	return report.Render(run)
}
