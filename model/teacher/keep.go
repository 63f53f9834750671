package teacher

import (
	"bytes"
	"crypto/sha256"
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
	// Answer is what the verdict is about, "" if nothing was found.
	Answer string
}

// Rule says what becomes an example.
type Rule struct {
	Settings recipe.Teach
	// Stage is part of the examples' IDs.
	Stage string
	// Fits says whether supervised training can use an example.
	Fits func(dataset.Example) bool
}

// Keeper makes examples of responses as they come.
type Keeper struct {
	// Stats are of the responses so far.
	Stats Stats
	rule  Rule
	have  map[[sha256.Size]byte]bool // what is kept: prompts with their responses
}

// Keeper is one that has seen no response yet.
func (r Rule) Keeper() *Keeper {
	return &Keeper{Stats: Stats{Finish: map[string]int{}}, rule: r, have: map[[sha256.Size]byte]bool{}}
}

// Has notes an example that is kept already.
func (k *Keeper) Has(e dataset.Example) { k.have[textOf(e)] = true }

// textOf tells prompts with their responses apart.
func textOf(e dataset.Example) [sha256.Size]byte {
	return sha256.Sum256([]byte(e.Prompt + "\x00" + e.Response))
}

// Keep is the example made of a response to a problem; false for one that is not kept. Each text
// to a prompt is kept once.
func (k *Keeper) Keep(p dataset.Problem, row Judged) (dataset.Example, bool) {
	s, settings := &k.Stats, k.rule.Settings
	s.add(row.Row)
	s.judge(row.Verdict)
	e := dataset.Example{ID: fmt.Sprintf("%s/%s/%d", p.ID, k.rule.Stage, row.Sample), Question: p.Question, Prompt: p.Prompt, Response: row.Text(p.Prompt), Cut: row.IsCut()}
	text := textOf(e)
	switch {
	case settings.Keep == recipe.KeepRight && row.Verdict != reward.Correct:
		s.Wrong++
	case row.IsCut() && settings.Cut == recipe.CutDropped:
		s.Cut++
	case k.have[text]:
		s.Repeated++
	case strings.TrimSpace(e.Response) == "" || !k.rule.Fits(e):
		s.Dropped++
	default:
		k.have[text] = true
		s.Kept++
		return e, true
	}
	return e, false
}
