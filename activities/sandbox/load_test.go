//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"temper/model/reward"
	"temper/model/reward/code"
)

// The machine's load decides no verdict.
func TestVerdictsUnderLoad(t *testing.T) { verdictsUnderLoad(t, 48, 6) }

// The same for as many programs and as much load as an evaluation may bring.
func TestLongVerdictsUnderLoad(t *testing.T) {
	if os.Getenv("TEMPER_LONG") == "" {
		t.Skip("minutes of load on all cores: TEMPER_LONG is not set, as make check sets it")
	}
	verdictsUnderLoad(t, 500, 30)
}

// verdictsUnderLoad grades programs on a machine as it is, and beside so many processes
// that never rest.
func verdictsUnderLoad(t *testing.T, programs, load int) {
	s := opened(t)
	quiet := gradeNumbered(s, programs)
	for range load {
		spin := exec.Command("/usr/bin/python3", "-c", "while True: pass")
		if err := spin.Start(); err != nil {
			t.Fatal(err)
		}
		defer spin.Wait()
		defer spin.Process.Kill()
	}
	for i, busy := range gradeNumbered(s, programs) {
		_, _, _, want := numbered(i)
		if quiet[i].Verdict != want || busy.Verdict != want {
			t.Errorf("program %d: %s (%s), under load %s (%s); want %s", i, quiet[i].Verdict, quiet[i].Reason, busy.Verdict, busy.Reason, want)
		}
	}
}

func gradeNumbered(s *Sandbox, programs int) []reward.Result {
	results := make([]reward.Result, programs)
	var wg sync.WaitGroup
	room := make(chan struct{}, 4*runtime.NumCPU())
	for i := range results {
		room <- struct{}{}
		wg.Go(func() {
			program, tests, limits, _ := numbered(i)
			results[i], _ = s.Grade(context.Background(), program, tests, limits)
			<-room
		})
	}
	wg.Wait()
	return results
}

// numbered is one of several kinds of programs near a limit that load could push over it,
// with tests and the verdict that it deserves.
func numbered(i int) (program string, tests code.Tests, l Limits, want reward.Verdict) {
	l = Limits{CPUSeconds: 1, WallSeconds: 0.5}
	ask := fmt.Sprintf("for i in range(150): assert f(i) == i + %d", i)
	switch i % 8 {
	case 0: // asks and answers, each a wait for the judge
		return fmt.Sprintf("def f(x): return x + %d", i), code.Tests{Type: code.Assert, Asserts: []string{ask}}, l, reward.Correct
	case 1: // the same, and wrong at the end
		return fmt.Sprintf("def f(x): return x + %d + (x == 149)", i), code.Tests{Type: code.Assert, Asserts: []string{ask}}, l, reward.Incorrect
	case 2: // idles less than it may, in each of two tests
		return "import time\ndef f(x):\n time.sleep(0.2)\n return x", code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: []byte("[1]"), Expect: []byte("1")}, {Args: []byte("[2]"), Expect: []byte("2")}}}, l, reward.Correct
	case 3: // idles more
		return "import time\ntime.sleep(5)\nprint(1)", code.Tests{Type: code.Stdin, Inputs: []string{"1"}, Outputs: []string{"1"}}, l, reward.Incorrect
	case 4: // works for half of its time
		return "import time\nt = time.process_time()\nwhile time.process_time() - t < 0.5: pass\nprint(1)", code.Tests{Type: code.Stdin, Inputs: []string{"1"}, Outputs: []string{"1"}}, l, reward.Correct
	case 5: // writes more than a pipe holds, for a judge that is slow to read
		return "print('x' * 2_000_000)", code.Tests{Type: code.Stdin, Inputs: []string{"1"}, Outputs: []string{strings.Repeat("x", 2_000_000)}}, l, reward.Correct
	case 6: // waits for threads of its own
		return "import threading\nr = []\nts = [threading.Thread(target=lambda: r.append(sum(range(100000)))) for _ in range(4)]\nfor t in ts: t.start()\nfor t in ts: t.join()\nprint(len(r))", code.Tests{Type: code.Stdin, Inputs: []string{""}, Outputs: []string{"4"}}, l, reward.Correct
	}
	return "while True: pass", code.Tests{Type: code.Stdin, Inputs: []string{"1"}, Outputs: []string{"1"}}, Limits{CPUSeconds: 0.3, WallSeconds: 0.5}, reward.Incorrect
}
