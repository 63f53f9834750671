package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"temper/activities/learnertest"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
)

// chainOf is every link of a run's chain in order, without what tells two runs apart.
func (p *place) chainOf(seal artifact.Seal) []string {
	p.t.Helper()
	var keys []string
	if err := records.Walk(p.t.Context(), p.store, seal, func(l artifact.Link) error {
		m, err := records.Read(p.t.Context(), p.store, l.Key)
		if err == nil && m.Link != l {
			err = errors.New(l.Key + " is not what the chain names")
		}
		if m.Kind != artifact.KindLedger { // whose input is made of digests of manifests
			keys = append(keys, l.Key)
		} else {
			keys = append(keys, l.Key[:strings.LastIndex(l.Key, "-")])
		}
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	return keys
}

// TestRunsChain: everything that a run records is in its chain, once for each time that it was used, and the report's
// manifest and the run's result name the chain's end.
func TestRunsChain(t *testing.T) {
	p := newPlace(t, nil)
	p.allInChain(p.mustRun(smoke(t)))
}

// allInChain wants all records of a run in its chain.
func (p *place) allInChain(got Result) {
	t := p.t
	t.Helper()
	chain := p.chainOf(got.Seal)
	manifests, damaged, err := records.All(t.Context(), p.store, got.Run)
	if err != nil || len(damaged) > 0 {
		t.Fatal(damaged, err)
	}
	for _, m := range manifests {
		in := slices.ContainsFunc(chain, func(key string) bool { return strings.HasPrefix(m.Link.Key, key) })
		if m.Kind == artifact.KindReport {
			if in || m.Seal == nil || *m.Seal != got.Seal || m.Link != got.Link {
				t.Errorf("the report %+v does not name the chain's end %+v", m.Link, got.Seal)
			}
		} else if !in {
			t.Errorf("%s is not in the chain", m.Link.Key)
		}
	}
	if len(chain) != len(manifests)-1 {
		t.Errorf("%d links, %d manifests", len(chain), len(manifests))
	}
}

// TestChainInOrder: the order of a chain is that of the recipe's work, whichever of it ends first, and however
// often the run continues as new or is done again on what is there.
func TestChainInOrder(t *testing.T) {
	r := smoke(t)
	r.Stages[2].RL.Shards, r.Evaluation.Benchmarks[0].Shards = 2, 2
	p := newPlace(t, nil)
	got := p.mustRun(r)
	want := p.chainOf(got.Seal)

	slow := newPlace(t, nil)
	slow.learner.Use(func(_ context.Context, op learnertest.Op, n int) error {
		if op == learnertest.OpSample && n%2 == 1 { // the first shard of a step ends last
			time.Sleep(5 * time.Millisecond)
		}
		return nil
	})
	if chain := slow.chainOf(slow.mustRun(r).Seal); !slices.Equal(chain, want) {
		t.Errorf("with other timing it is\n%s\nwant\n%s", strings.Join(chain, "\n"), strings.Join(want, "\n"))
	}

	again := newPlace(t, p.store)
	if twice := again.mustRun(r); twice.Seal != got.Seal || twice.Link != got.Link {
		t.Errorf("done again it ends with %+v, want %+v", twice.Seal, got.Seal)
	}
}

// TestChainContinuesAsNew: each execution leaves a ledger that goes on from the one before.
func TestChainContinuesAsNew(t *testing.T) {
	store := objectstore.NewMemory()
	in := stageInput(t, store, 9)
	in.Chain.Kept = true
	out, n := runStage(t, store, in, func(p *place) {
		p.after("UpdatePolicy", 4, func() { p.env.SetContinueAsNewSuggested(true) })
	})
	p := newPlace(t, store)
	chain := p.chainOf(out.Seal)
	ledgers, updates := 0, 0
	for _, key := range chain {
		if strings.Contains(key, "/ledger-") {
			ledgers++
		}
		if strings.Contains(key, "/update-") {
			if updates++; !strings.Contains(key, "/update-00000"+string(rune('0'+updates))) {
				t.Errorf("%s is update %d of the chain", key, updates)
			}
		}
	}
	// One ledger is that of the temperature search.
	if n != 3 || ledgers != 4 || updates != 9 {
		t.Errorf("%d executions, %d ledgers, %d updates", n, ledgers, updates)
	}
}

// TestRunBeforeChains: a run that began before there were chains writes no ledger, and its report is the one it always had.
func TestRunBeforeChains(t *testing.T) {
	p := newPlace(t, nil)
	p.mustRun(smoke(t))
	old := newPlace(t, nil)
	old.env.OnGetVersion("chain", workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
	got := old.mustRun(smoke(t))
	if !got.Seal.IsZero() || old.completed["WriteLedger"] != 0 || p.completed["WriteLedger"] == 0 {
		t.Errorf("it ends with %+v after %d ledgers", got.Seal, old.completed["WriteLedger"])
	}
	if data, err := json.Marshal(got); err != nil || strings.Contains(string(data), `"seal"`) {
		t.Errorf("%s, %v", data, err)
	}
}
