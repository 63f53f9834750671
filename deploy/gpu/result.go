package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Result is what one engine did in one cell. A child process prints Results as
// JSON lines, each replacing the one before, so that a child that is stopped has
// reported what it had.
type Result struct {
	Cell            string  `json:"cell"`
	Engine          string  `json:"engine"`
	Status          string  `json:"status"` // see the constants
	Text            string  `json:"text,omitempty"`
	TokensPerSecond float64 `json:"tokens_per_second,omitempty"`
	Steps           int     `json:"steps,omitempty"`         // timed policy steps or decode steps
	SetupSeconds    float64 `json:"setup_seconds,omitempty"` // weights and compilation, before the clock starts
	PeakMiB         int     `json:"peak_mib,omitempty"`      // device memory above what was in use before
	Seconds         float64 `json:"seconds,omitempty"`       // of the whole cell
	Precision       string  `json:"precision,omitempty"`     // what the products are computed in
	Software        string  `json:"software,omitempty"`      // versions
	Checks          []Check `json:"checks,omitempty"`        // of a parity cell
}

// What became of a cell.
const (
	statusOK      = "ok"
	statusError   = "error"
	statusMemory  = "out of memory"
	statusTime    = "time limit"
	statusSkipped = "not run"
)

// Check is one comparison with the CPU or with a reference.
type Check struct {
	Model      string  `json:"model"`
	Quantity   string  `json:"quantity"`
	Difference float64 `json:"difference"`
	Allowed    float64 `json:"allowed"`
	Text       string  `json:"text,omitempty"` // an error; the check has failed
}

// OK reports whether the difference is allowed. NaN never is.
func (c Check) OK() bool { return c.Text == "" && c.Difference <= c.Allowed }

// Machine says where the results come from.
type Machine struct {
	Device  string  `json:"device"`
	Driver  string  `json:"driver,omitempty"`
	Backend string  `json:"backend"`
	Peak    float64 `json:"peak_flops,omitempty"` // FLOP/s that utilisation is a share of
}

// Report is the JSON file.
type Report struct {
	Machine Machine  `json:"machine"`
	Results []Result `json:"results"`
}

// readReport reads an earlier report; a file that is absent is an empty one.
func readReport(path string) (Report, error) {
	var r Report
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return Report{}, fmt.Errorf("read earlier results %s: %w", path, err)
	}
	return r, nil
}

func (r Report) write(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	return nil
}

// add puts a result in the place of an earlier one for the same cell and
// engine. A cell that was not run this time does not replace one that was.
func (r *Report) add(n Result) {
	for i, have := range r.Results {
		if have.Cell != n.Cell || have.Engine != n.Engine {
			continue
		}
		if n.Status != statusSkipped || have.Status == statusSkipped {
			r.Results[i] = n
		}
		return
	}
	r.Results = append(r.Results, n)
}

// find returns the result of a cell.
func (r Report) find(cell, engine string) (Result, bool) {
	for _, have := range r.Results {
		if have.Cell == cell && have.Engine == engine {
			return have, true
		}
	}
	return Result{}, false
}

// passed reports whether no parity check failed and no cell of ours broke.
func (r Report) passed() bool {
	for _, have := range r.Results {
		if have.Engine == temper && have.Status == statusError {
			return false
		}
		for _, c := range have.Checks {
			if !c.OK() {
				return false
			}
		}
	}
	return true
}
