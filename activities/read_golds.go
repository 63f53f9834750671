package activities

import (
	"context"
	"fmt"
	"strings"

	"temper/activities/liveness"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward/domain"
)

// mostNamed is how many problems a remark names.
const mostNamed = 10

// readGolds records how many reference answers of a dataset are compared as texts only, and
// remarks on those that no response can meet. Domains that do not compare have neither.
func readGolds(ctx context.Context, of recipe.Domain, problems []dataset.Problem, m *artifact.Manifest) error {
	if of == "" || len(problems) == 0 {
		return nil
	}
	d, err := domain.Of(of)
	if err != nil || d.Read == nil {
		return err
	}
	texts := 0
	var failing []string
	for _, p := range problems {
		liveness.Done(ctx)
		r := d.Read(p)
		if r.AsText {
			texts++
		}
		if r.Fault != "" {
			failing = append(failing, fmt.Sprintf("%s (%s)", p.ID, r.Fault))
		}
	}
	m.Metrics[artifact.MetricGoldsAsText] = float64(texts) / float64(len(problems))
	m.Metrics[artifact.MetricGoldsFailing] = float64(len(failing))
	if len(failing) > 0 {
		more := ""
		if n := len(failing) - mostNamed; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		m.Remarks = append(m.Remarks, fmt.Sprintf("%d of %d reference answers are not correct against themselves, so that no response is rewarded: %s%s",
			len(failing), len(problems), strings.Join(failing[:min(len(failing), mostNamed)], ", "), more))
	}
	return nil
}
