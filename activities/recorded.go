package activities

import "temper/model/artifact"

// Recorded is part of the result of all work that is recorded: workflows make their chain of it.
type Recorded struct {
	// Link names the manifest.
	Link artifact.Link `json:"link,omitzero"`
}

// RecordedAs is the link of the work's manifest.
func (r Recorded) RecordedAs() artifact.Link { return r.Link }

// RecordedRef is the ref of a document that is recorded.
type RecordedRef struct {
	artifact.Ref
	Recorded
}

// recordedRef is an output of a manifest.
func recordedRef(m artifact.Manifest, output string) RecordedRef {
	return RecordedRef{m.Outputs[output], Recorded{m.Link}}
}
