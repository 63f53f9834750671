package teacher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
)

// Row is a response to a sample of a problem, which is an index in its dataset.
type Row struct {
	Problem int `json:"problem"`
	Sample  int `json:"sample"`
	// Key is the request's; Tries is how many requests it took.
	Key   string `json:"key"`
	Tries int    `json:"tries"`
	Response
}

// EncodeRows writes one JSON object per line.
func EncodeRows(rows []Row) ([]byte, error) {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	encoder.SetEscapeHTML(false) // <think> stays readable
	for _, r := range rows {
		if err := encoder.Encode(r); err != nil {
			return nil, fmt.Errorf("encode responses: %w", err)
		}
	}
	return lines.Bytes(), nil
}

// DecodeRows reads what EncodeRows wrote.
func DecodeRows(data []byte) (rows []Row, err error) {
	for decoder := json.NewDecoder(bytes.NewReader(data)); ; {
		var r Row
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return nil, fmt.Errorf("decode response %d: %w", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
}

// Judged is a row with the verdict on it, "" where nothing is judged.
type Judged struct {
	Row
	Verdict reward.Verdict
}

// Rule says what becomes an example.
type Rule struct {
	Settings recipe.Teach
	// Stage is part of the examples' IDs.
	Stage string
	// Fits says whether supervised training can use an example.
	Fits func(dataset.Example) bool
}

// Keep is the examples made of responses to problems, in the order of the rows, each text to a prompt once.
func (r Rule) Keep(problems []dataset.Problem, rows []Judged) (kept []dataset.Example, s Stats) {
	type text struct{ prompt, response string }
	have := map[text]bool{}
	s.Finish = map[string]int{}
	for _, row := range rows {
		s.add(row.Row)
		s.judge(row.Verdict)
		p := problems[row.Problem]
		e := dataset.Example{ID: fmt.Sprintf("%s/%s/%d", p.ID, r.Stage, row.Sample), Question: p.Question, Prompt: p.Prompt, Response: row.Text(p.Prompt), Cut: row.IsCut()}
		switch t := (text{e.Prompt, e.Response}); {
		case r.Settings.Keep == recipe.KeepRight && row.Verdict != reward.Correct:
			s.Wrong++
		case row.IsCut() && r.Settings.Cut == recipe.CutDropped:
			s.Cut++
		case have[t]:
			s.Repeated++
		case strings.TrimSpace(e.Response) == "" || !r.Fits(e):
			s.Dropped++
		default:
			have[t] = true
			kept = append(kept, e)
		}
	}
	s.Kept = len(kept)
	return kept, s
}
