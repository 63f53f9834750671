package activities

import (
	"context"
	"maps"

	"go.temporal.io/sdk/activity"

	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/compute"
	"temper/model/rollout"
)

// shapeMetrics adds the shape of a checkpoint's network, by which all that a run computes is counted.
func (a *Activities) shapeMetrics(ctx context.Context, m *artifact.Manifest, ref artifact.Ref) error {
	data, err := a.Store.Get(ctx, ref)
	if err != nil {
		return err
	}
	shape, err := shapeOf(data)
	if err != nil { // the tokens are counted all the same
		activity.GetLogger(ctx).Warn("operations are not counted", "error", err)
		return nil
	}
	if m.Metrics == nil {
		m.Metrics = map[string]float64{}
	}
	maps.Copy(m.Metrics, shape.Metrics())
	return nil
}

// shapeOf is that of a checkpoint's document.
func shapeOf(document []byte) (compute.Shape, error) {
	c, err := checkpoint.Decode(document)
	if err != nil {
		return compute.Shape{}, err
	}
	return compute.ShapeOf(c.Config)
}

// trainedMetrics adds the pairs and targets of the tokens that were trained.
func trainedMetrics(m *artifact.Manifest, p compute.Pass) {
	m.Metrics[artifact.MetricTrainedPairs], m.Metrics[artifact.MetricTrainedTargets] = p.Pairs, p.Targets
}

// forwardMetrics adds what was read without training, if anything was.
func forwardMetrics(m *artifact.Manifest, p compute.Pass) {
	if p.Tokens > 0 {
		m.Metrics[artifact.MetricForwardTokens], m.Metrics[artifact.MetricForwardPairs], m.Metrics[artifact.MetricForwardTargets] = p.Tokens, p.Pairs, p.Targets
	}
}

// sampledPass is what the sampling of rollouts reads: a problem's prompt once, and its responses.
func sampledPass(rollouts []rollout.Rollout) compute.Pass {
	var p compute.Pass
	for i, r := range rollouts {
		prompt := float64(len(r.Prompt))
		if i == 0 || rollouts[i-1].Problem != r.Problem {
			p = p.Plus(compute.Prompt(prompt))
		}
		p = p.Plus(compute.Response(prompt, float64(len(r.Response))))
	}
	return p
}
