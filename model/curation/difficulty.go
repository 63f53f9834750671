package curation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/math"
)

// Tally is what a teacher's responses say of a question.
type Tally struct {
	// ID is the problem's, and Question names what was asked: see QuestionKey.
	ID       string `json:"id"`
	Question string `json:"question"`
	// Of Samples responses Correct are correct and Ungradable have no verdict; none of both where nothing is judged.
	Samples    int `json:"samples"`
	Correct    int `json:"correct"`
	Ungradable int `json:"ungradable"`
	// Majority is the verdict on the answer that most responses give, "incorrect" where none gives one; "" where nothing is judged.
	Majority reward.Verdict `json:"majority,omitempty"`
	// Tokens is the mean number of tokens of the responses by the server's count, 0 where it has none.
	Tokens float64 `json:"tokens"`
}

// QuestionKey names a question, however it is written as far as case, blanks and punctuation at the ends go.
func QuestionKey(question string) string {
	sum := sha256.Sum256([]byte(normalised(question)))
	return hex.EncodeToString(sum[:16])
}

// Response is a response as it is counted: the answer that was found in it, "" for none, the verdict, "" where nothing
// is judged, and its tokens.
type Response struct {
	Answer  string
	Verdict reward.Verdict
	Tokens  int
}

// TallyOf counts the responses to a problem.
func TallyOf(id, question string, responses []Response) Tally {
	t := Tally{ID: id, Question: QuestionKey(question), Samples: len(responses)}
	tokens, counted := 0, 0
	judged := false
	for _, r := range responses {
		switch r.Verdict {
		case reward.Correct:
			t.Correct++
		case reward.Ungradable:
			t.Ungradable++
		}
		judged = judged || r.Verdict != ""
		if r.Tokens > 0 {
			tokens, counted = tokens+r.Tokens, counted+1
		}
	}
	if counted > 0 {
		t.Tokens = float64(tokens) / float64(counted)
	}
	if judged {
		t.Majority = majority(responses, t.Ungradable)
	}
	return t
}

// majority is the verdict on the answer that most responses give; of answers that equally many give, the first. All
// correct responses give one answer, in whatever spelling; of the others those do that the grader finds equal.
// "ungradable" says that the responses without a verdict could change it.
func majority(responses []Response, unknown int) reward.Verdict {
	type answer struct {
		text    string
		verdict reward.Verdict
		votes   int
	}
	var answers []answer
	for _, r := range responses {
		text := strings.TrimSpace(r.Answer)
		if r.Verdict == reward.Ungradable || text == "" {
			continue
		}
		known := -1
		for i, a := range answers {
			if a.verdict == r.Verdict && (r.Verdict == reward.Correct || a.text == text || math.GradeAnswer(a.text, text).Verdict == reward.Correct) {
				known = i
				break
			}
		}
		if known < 0 {
			answers, known = append(answers, answer{text, r.Verdict, 0}), len(answers)
		}
		answers[known].votes++
	}
	first, second := answer{verdict: reward.Incorrect}, 0
	for _, a := range answers {
		if a.votes > first.votes {
			first = a
		}
	}
	for _, a := range answers {
		if a.verdict != first.verdict { // all wrong answers have one verdict
			second = max(second, a.votes)
		}
	}
	if unknown > 0 && first.votes-second <= unknown {
		return reward.Ungradable
	}
	return first.verdict
}

// EncodeTallies writes one JSON object per line.
func EncodeTallies(tallies []Tally) ([]byte, error) {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, t := range tallies {
		if err := encoder.Encode(t); err != nil {
			return nil, fmt.Errorf("encode tallies: %w", err)
		}
	}
	return lines.Bytes(), nil
}

// DecodeTallies reads what EncodeTallies wrote.
func DecodeTallies(data []byte) (tallies []Tally, err error) {
	for decoder := json.NewDecoder(bytes.NewReader(data)); ; {
		var t Tally
		if err := decoder.Decode(&t); errors.Is(err, io.EOF) {
			return tallies, nil
		} else if err != nil {
			return nil, fmt.Errorf("decode tally %d: %w", len(tallies)+1, err)
		}
		tallies = append(tallies, t)
	}
}

// ByQuestion is tallies by what was asked; of several to one question the first counts, which was paid for.
func ByQuestion(tallies []Tally) map[string]Tally {
	of := make(map[string]Tally, len(tallies))
	for _, t := range tallies {
		if _, ok := of[t.Question]; !ok {
			of[t.Question] = t
		}
	}
	return of
}

// The reasons of Difficulty.
const (
	reasonNotAsked   = "not_asked"
	reasonMajority   = "wrong_majority"
	reasonEasyLevel  = "below_levels"
	reasonHardLevel  = "above_levels"
	reasonUnlevelled = "no_level"
)

// Level is how many of the responses failed: from this, if Ungradable count for nothing.
func (t Tally) Level() int { return t.Samples - t.Correct - t.Ungradable }

// difficulty leaves out rows by what a teacher's responses say of them, or by the levels that an earlier rule has
// written. A row that responses without a verdict could bring within the bounds stays.
func difficulty(rule recipe.Difficulty, rows []Row, given Given) []Drop {
	return each(rows, func(row Row) (string, string) {
		if rule.Of == "" {
			if row.Level == nil {
				return reasonUnlevelled, ""
			}
			return beyondLevels(*rule.Levels, *row.Level, 0, fmt.Sprintf("level %d", *row.Level))
		}
		t, asked := given.Tallies[QuestionKey(row.Question)]
		evidence := fmt.Sprintf("%d of %d", t.Correct, t.Samples-t.Ungradable)
		switch {
		case !asked:
			return reasonNotAsked, ""
		case rule.Levels != nil:
			return beyondLevels(*rule.Levels, t.Level(), t.Ungradable, evidence)
		case t.Majority == reward.Incorrect:
			return reasonMajority, evidence
		}
		return "", ""
	})
}

// beyondLevels is why a level, which may be unknown many higher, is outside the bounds; "" if it may be within.
func beyondLevels(l recipe.Levels, level, unknown int, evidence string) (reason, because string) {
	switch {
	case level > l.To:
		return reasonHardLevel, evidence
	case level+unknown < l.From:
		return reasonEasyLevel, evidence
	}
	return "", ""
}

// LevelOf is the level that a rule of difficulty writes on a row: how many of the teacher's responses failed; nil
// where the rule writes none.
func LevelOf(rule recipe.Rule, question string, given Given) *int {
	if rule.Difficulty == nil || rule.Difficulty.Of == "" {
		return nil
	}
	t, asked := given.Tallies[QuestionKey(question)]
	if !asked {
		return nil
	}
	level := t.Level()
	return &level
}
