package reward

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// Schema is the version of the form in which verdicts are stored.
const Schema = 1

// Record is the stored verdict on one rollout: which, of which problem, and what was found.
type Record struct {
	Schema int `json:"schema"`
	// Rollout is the rollout's place in its shard, from 0.
	Rollout int `json:"rollout"`
	// Problem is the problem's index in its dataset, ID its ID there, and Sample the
	// rollout's number among those of the problem.
	Problem int    `json:"problem"`
	ID      string `json:"id"`
	Sample  int    `json:"sample"`
	Result
}

// Encode writes one record per line.
func Encode(records []Record) ([]byte, error) {
	var data []byte
	for i, r := range records {
		r.Schema = Schema
		line, err := json.Marshal(r) // refuses scores that are not finite
		if err != nil {
			return nil, fmt.Errorf("encode verdicts: rollout %d: %w", i, err)
		}
		data = append(append(data, line...), '\n')
	}
	return data, nil
}

// Decode reads what Encode wrote, and verdicts of the form that had no version: those have no score
// of their own, and name neither rollout nor problem. An error names the line, counted from 1.
func Decode(data []byte) ([]Record, error) {
	var records []Record
	for line := range bytes.Lines(data) {
		r, err := decodeRecord(line)
		if err != nil {
			return nil, fmt.Errorf("decode verdicts: line %d: %w", len(records)+1, err)
		}
		records = append(records, r)
	}
	return records, nil
}

func decodeRecord(line []byte) (Record, error) {
	var r Record
	err := json.Unmarshal(line, &r)
	if r.Schema > Schema { // whose other fields may be of other types
		return r, fmt.Errorf("it is of schema %d, which a newer temper reads; this one reads up to %d", r.Schema, Schema)
	}
	if err != nil {
		return r, err
	}
	if r.Schema == 0 {
		r.Result = r.Result.Scored()
	}
	return r, r.Check()
}

// Check refuses an unknown verdict and a score that is not finite.
func (r Result) Check() error {
	if v := r.Verdict; v != Correct && v != Incorrect && v != Ungradable {
		return fmt.Errorf("verdict is %q; valid: %q, %q, %q", string(v), Correct, Incorrect, Ungradable)
	}
	if math.IsNaN(r.Score) || math.IsInf(r.Score, 0) {
		return fmt.Errorf("score is %g; valid: any finite number", r.Score)
	}
	return nil
}
