package report

import (
	"fmt"

	"temper/model/artifact"
)

// appendixID is the id of the whole appendix.
const appendixID = "records"

// sectionID is the id of a stage's part of the appendix.
func sectionID(stage int) string {
	if stage == wholeRun {
		return "records-run"
	}
	return fmt.Sprintf("records-%d", stage)
}

// Section is one stage's part of the appendix.
type Section struct {
	ID, Title string
	// Records are shown whole.
	Records []Record
	// Shards are shown as one row each: there are many, and the update or
	// evaluation that they went into names their digests.
	Shards []Record
	// MoreShards are not shown; Brief are records in one row each, where a section has very many.
	MoreShards int
	Brief      []Record
}

// What a section of the appendix shows at most: shards, and records whole.
const (
	maxShards = 1000
	maxWhole  = 600
)

// Record is one manifest in the appendix.
type Record struct {
	ID, Title string
	// Digest is the SHA-256 of the manifest itself.
	Digest string
	JSON   string
	// For the rows of shards: what they are, what came out, and what it took.
	Kind         string
	Stage        string
	Step, Shard  int
	Outputs      []Output
	Attempt      int
	Worker       string
	Seconds, CPU float64
}

// Output is a named blob.
type Output struct {
	Name string
	Ref  artifact.Ref
}

// appendix lists every record, stage by stage.
func appendix(all records) []Section {
	var sections []Section
	for i := wholeRun; i < len(all.stages); i++ {
		s := Section{ID: sectionID(i), Title: "The run"}
		if i != wholeRun {
			s.Title = all.stages[i]
		}
		for _, m := range all.of(i) {
			shard := m.Kind == artifact.KindRollouts || m.Kind == artifact.KindVerdicts || m.Kind == artifact.KindCurationPart
			switch {
			case shard && len(s.Shards) >= maxShards && m.Work.Attempt <= 1: // an incident leads to its record
				s.MoreShards++
			case shard:
				s.Shards = append(s.Shards, newRecord(m))
			case len(s.Records) == maxWhole:
				s.Brief = append(s.Brief, newRecord(m))
			default:
				s.Records = append(s.Records, newRecord(m))
			}
		}
		sections = append(sections, s)
	}
	return sections
}

func newRecord(m record) Record {
	r := Record{
		ID: m.id, Title: title(m), Digest: m.digest, JSON: m.json,
		Kind: string(m.Kind), Stage: m.Stage, Step: m.Step, Shard: m.Shard, Attempt: m.Work.Attempt, Worker: m.Work.Worker,
		Seconds: m.Work.WallSeconds(), CPU: m.Work.CPUSeconds,
	}
	for _, name := range sortedKeys(m.Outputs) {
		r.Outputs = append(r.Outputs, Output{name, m.Outputs[name]})
	}
	return r
}

// title says which piece of work a record is of.
func title(m record) string {
	switch m.Kind {
	case artifact.KindSFT:
		return fmt.Sprintf("sft, to update %d", m.Step)
	case artifact.KindUpdate:
		return fmt.Sprintf("update, policy step %d", m.Step)
	case artifact.KindCuration:
		if _, spent := m.Metrics[artifact.MetricRollouts]; spent { // of an RL stage
			return fmt.Sprintf("solved problems of %s, after epoch %d", m.Name, m.Step)
		}
		return fmt.Sprintf("curation %s, rule %d", m.Name, m.Step)
	case artifact.KindCurationPart:
		return fmt.Sprintf("curation %s, rule %d, part %d", m.Name, m.Step, m.Shard+1)
	case artifact.KindMeasurement:
		return fmt.Sprintf("measurement at temperature %.2f", m.Metrics[artifact.MetricTemperature])
	case artifact.KindTemperature:
		return fmt.Sprintf("temperature %.2f chosen", m.Metrics[artifact.MetricTemperature])
	}
	if m.Name != "" {
		return string(m.Kind) + " " + m.Name
	}
	return string(m.Kind)
}
