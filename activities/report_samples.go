package activities

import (
	"context"
	"fmt"

	"temper/activities/objectstore"
	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/report"
	"temper/model/samples"
)

// ReportSamples are the responses that a report shows: of each stage the first one to each of the
// first problems of its last policy step or, where it samples nothing itself, of the last evaluation
// after it. Shards that are damaged are named in their place.
func ReportSamples(ctx context.Context, store rows.Blobs, stages []recipe.Stage, manifests []artifact.Manifest) ([]report.StageSamples, error) {
	r := sampleReader{store: store, stages: SampledStages(manifests)}
	var all []report.StageSamples
	for _, stage := range stages {
		of := report.StageSamples{Stage: stage.Name}
		seen := map[int]bool{}
		for _, m := range r.lastShards(stage.Name, manifests) {
			of.Of = m.Stage
			err := r.shard(ctx, m, SampleFilter{}, func(s samples.Sample) error {
				if len(of.Samples) < report.SamplesPerStage && !seen[s.Index] {
					seen[s.Index], of.Samples = true, append(of.Samples, s)
				}
				return nil
			})
			if objectstore.IsDamage(err) {
				of.Damaged = append(of.Damaged, fmt.Sprintf("shard %d", m.Shard+1))
			} else if err != nil {
				return nil, err
			}
			if len(of.Samples) == report.SamplesPerStage {
				break
			}
		}
		if len(of.Samples)+len(of.Damaged) > 0 {
			all = append(all, of)
		}
	}
	return all, nil
}

// lastShards are the verdicts of a stage's last step, else those of the last evaluation of it.
func (s *sampleReader) lastShards(stage string, manifests []artifact.Manifest) (shards []artifact.Manifest) {
	var last artifact.Manifest
	for _, m := range manifests {
		if m.Kind != artifact.KindVerdicts || s.stages[m.Stage] != stage {
			continue
		}
		own, was := m.Stage == stage, last.Stage == stage
		if last.Kind == "" || own && !was || own == was && (m.Step > last.Step || m.Step == last.Step && m.Work.Ended.After(last.Work.Ended)) {
			last = m
		}
	}
	for _, m := range manifests {
		if m.Kind == artifact.KindVerdicts && m.Stage == last.Stage && m.Step == last.Step {
			shards = append(shards, m)
		}
	}
	return shards
}
