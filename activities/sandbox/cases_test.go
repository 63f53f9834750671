//go:build linux

package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"maps"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"temper/model/reward"
	"temper/model/reward/code"
)

// caseRow is a program, or a response that holds one, whose verdict has been settled by hand.
type caseRow struct {
	ID       string         `json:"id"`
	Code     *string        `json:"code"`
	Response string         `json:"response"`
	Tests    code.Tests     `json:"tests"`
	Limits   Limits         `json:"limits"`
	Expect   reward.Verdict `json:"expect"`
}

// otherVerdicts are the cases whose verdict is another here, and why.
var otherVerdicts = map[string]string{
	"taco-fn-intkeys":    "JSON has no integer keys: a data set whose format has them says so in its tests, by their reader",
	"apps-fn-tuple-args": "JSON has no tuples: an array is a list, as in the data sets' own harness",
}

// Hostile and unusual programs get the verdicts that were settled for them.
func TestCases(t *testing.T) {
	f, err := os.Open("../../../shared/data/cases/code.jsonl")
	if os.IsNotExist(err) {
		t.Skip("../shared/data/cases/code.jsonl is absent")
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := opened(t)
	others := maps.Clone(otherVerdicts)
	if strings.Contains(s.Version(), " numpy/") {
		others["evalplus-numpy"] = "this machine has numpy, that of the case has not"
	} else {
		others["numpy"] = "this machine has no numpy, that of the case has"
	}
	if s.wall == Landlock {
		others["tempfile"] = "behind Landlock nothing is written"
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	room := make(chan struct{}, 2*runtime.NumCPU())
	lines, rows, right := bufio.NewScanner(f), 0, 0
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var row caseRow
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows++
		room <- struct{}{}
		wg.Go(func() {
			got := row.grade(s)
			<-room
			mu.Lock()
			defer mu.Unlock()
			why, other := others[row.ID]
			switch as := got.Verdict == row.Expect; {
			case as && other:
				t.Errorf("%s is %s as settled, but listed as another: %s", row.ID, got.Verdict, why)
			case !as && !other:
				t.Errorf("%s: %s (%s), want %s", row.ID, got.Verdict, got.Reason, row.Expect)
			case as:
				right++
			}
		})
	}
	wg.Wait()
	t.Logf("%d of %d as settled", right, rows)
	if err := lines.Err(); err != nil || len(others)*100 > 3*rows {
		t.Errorf("%d of %d cases are listed as others, at most 3%% may be; %v", len(others), rows, err)
	}
}

func (r caseRow) grade(s *Sandbox) reward.Result {
	program := ""
	if r.Code != nil {
		program = *r.Code
	} else if program = (code.Extraction{WithoutReasoning: true}).Extract(r.Response, r.Tests); program == "" {
		return reward.Result{Verdict: reward.Incorrect, Reason: "no program"}
	}
	got, err := s.Grade(context.Background(), program, r.Tests, r.Limits)
	if err != nil {
		got.Reason = err.Error()
	}
	return got
}
