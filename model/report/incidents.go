package report

import (
	"fmt"

	"temper/model/artifact"
	"temper/model/compute"
)

// Incident is a piece of work that did not go through at once, in words.
type Incident struct{ Text, Source string }

// maxIncidents is how many the page tells one by one; the others are counted.
const maxIncidents = 40

// incidents are the pieces of work that took more than one attempt, in the order of the page. What an attempt that ended
// early had finished and stored was not done again; the rest of it was.
func incidents(all records) (told []Incident, more int) {
	for _, m := range all.sorted {
		if m.Work.Attempt <= 1 {
			continue
		}
		if len(told) == maxIncidents {
			more++
			continue
		}
		of := ""
		if m.Stage != "" {
			of = " of " + m.Stage
		}
		text := fmt.Sprintf("%s%s: attempt %d did it, on %s, from %s to %s", title(m), of, m.Work.Attempt, m.Work.Worker, timestamp(m.Work.Started), timestamp(m.Work.Ended))
		if m.Kind == artifact.KindRollouts || m.Kind == artifact.KindVerdicts {
			text = fmt.Sprintf("%s, step %d shard %d%s: attempt %d did it, on %s, from %s to %s", m.Kind, m.Step, m.Shard, of, m.Work.Attempt, m.Work.Worker, timestamp(m.Work.Started), timestamp(m.Work.Ended))
		}
		if earlier := m.Work.EarlierSeconds; earlier > 0 {
			text += fmt.Sprintf("; %s of earlier attempts were in the store and not done again", duration(earlier))
		} else {
			text += "; what earlier attempts had under way was done again"
		}
		told = append(told, Incident{text + ".", m.id})
	}
	return told, more
}

// addMachine adds what the run was computed with and on.
func (r *Run) addMachine(all records) {
	for _, m := range all.sorted {
		if m.Work.Device != "" {
			r.Devices = addWord(r.Devices, m.Work.Device)
		}
		if shape, known := compute.FromMetrics(m.Metrics); known && !r.Parameters.Known() {
			r.Parameters = Number{shape.Parameters(), m.id}
		}
	}
	r.Incidents, r.MoreIncidents = incidents(all)
}
