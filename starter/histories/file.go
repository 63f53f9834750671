package histories

import (
	"bytes"
	"encoding/json"
	"fmt"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"

	"temper/model/audit"
)

// file is the history of one execution as it is kept.
type file struct {
	Workflow string `json:"workflow"`
	RunID    string `json:"run_id"`
	// Root says that the execution is of the run itself, Gone that Temporal had it no longer.
	Root bool `json:"root,omitempty"`
	Gone bool `json:"gone,omitempty"`
	// History is in the form that Temporal's own programs read and write.
	History json.RawMessage `json:"history,omitempty"`
}

// Encode is an execution's history as a file.
func Encode(workflow, runID string, root bool, events []*historypb.HistoryEvent) ([]byte, error) {
	f := file{Workflow: workflow, RunID: runID, Root: root, Gone: events == nil}
	if events != nil {
		text, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(&historypb.History{Events: events})
		if err != nil {
			return nil, fmt.Errorf("encode the history of %s: %w", workflow, err)
		}
		f.History = text
	}
	data, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode the history of %s: %w", workflow, err)
	}
	return data, nil
}

// Decode reads what Encode wrote.
func Decode(data []byte) (audit.Execution, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return audit.Execution{}, fmt.Errorf("decode a history: %w", err)
	}
	if f.Gone {
		return audit.Execution{Workflow: f.Workflow, RunID: f.RunID, Root: f.Root, Gone: true}, nil
	}
	history, err := client.HistoryFromJSON(bytes.NewReader(f.History), client.HistoryJSONOptions{})
	if err != nil {
		return audit.Execution{}, fmt.Errorf("decode the history of %s: %w", f.Workflow, err)
	}
	return Read(f.Workflow, f.RunID, f.Root, history.GetEvents()), nil
}
