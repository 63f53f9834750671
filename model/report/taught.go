package report

import (
	"temper/model/artifact"
	"temper/model/teacher"
)

// Taught is what a teacher has answered in a stage.
type Taught struct {
	teacher.Stats
	// Shards are recorded.
	Shards int
	// Examples is what the dataset holds; unknown before the stage's end.
	Examples Number
	Source   string
}

// taughtOf sums a stage's shards, or reads the record of its dataset; nil if there is neither.
func taughtOf(own []record) *Taught {
	var t Taught
	shards := map[int]teacher.Stats{} // of two records of one shard the later counts
	for _, m := range own {
		switch m.Kind {
		case artifact.KindTeaching:
			shards[m.Shard], t.Source = teacher.FromMetrics(m.Metrics), m.id
		case artifact.KindDataset:
			t.Stats, t.Examples, t.Source = teacher.FromMetrics(m.Metrics), m.number(artifact.MetricNumExamples), m.id
		}
	}
	if t.Source == "" {
		return nil
	}
	t.Shards = len(shards)
	if !t.Examples.Known() {
		for i := range shards {
			t.Stats = t.Stats.Plus(shards[i])
		}
	}
	return &t
}
