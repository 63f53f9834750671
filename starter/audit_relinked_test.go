package main

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/audit"
)

// relink makes all ledgers anew that list a changed record, those that list them, and the record of the page, which
// says where the chain ends: all that a forger can do who can write to the store.
func (f *forged) relink() {
	f.t.Helper()
	renamed := map[string]string{}
	for changed := true; changed; {
		changed = false
		for _, key := range slices.Sorted(maps.Keys(f.objects)) {
			if p, ok := artifact.ParseKey(key); ok && p.Kind == artifact.KindLedger && f.objects[key] != nil {
				changed = f.relinkLedger(key, renamed) || changed
			}
		}
	}
	key := f.key("run/report-")
	m := f.manifest(key)
	at := current(renamed, m.Seal.Ledger.Key)
	m.Seal = &artifact.Seal{Head: f.manifest(at).Ledger.Head, Ledger: artifact.LinkOf(at, f.objects[at])}
	var in activities.WriteReportInput
	f.decode(m.Input, &in)
	in.Seal = *m.Seal
	f.replace(key, m, in)
}

// relinkLedger makes a ledger anew if what it lists has changed.
func (f *forged) relinkLedger(key string, renamed map[string]string) bool {
	m := f.manifest(key)
	links, previous := slices.Clone(m.Ledger.Links), m.Ledger.Previous
	for i, link := range links {
		at := current(renamed, link.Key)
		if i == 0 && previous != "" {
			previous = f.manifest(at).Ledger.Head
		}
		links[i] = artifact.LinkOf(at, f.objects[at])
	}
	if slices.Equal(links, m.Ledger.Links) && previous == m.Ledger.Previous {
		return false
	}
	ledger := artifact.NewLedger(previous, links)
	m.Ledger = &ledger
	var in activities.WriteLedgerInput
	f.decode(m.Input, &in)
	in.Ledger = ledger
	renamed[key] = f.replace(key, m, in)
	return true
}

// current is where a record lies that was moved, perhaps several times.
func current(renamed map[string]string, key string) string {
	for renamed[key] != "" {
		key = renamed[key]
	}
	return key
}

func (f *forged) decode(ref artifact.Ref, into any) {
	f.t.Helper()
	if err := json.Unmarshal(f.objects[ref.Key], into); err != nil {
		f.t.Fatal(err)
	}
}

// replace gives a record another input, and so another key, which it returns.
func (f *forged) replace(key string, m artifact.Manifest, input any) string {
	f.t.Helper()
	text, err := json.Marshal(input)
	if err != nil {
		f.t.Fatal(err)
	}
	m.Input = f.put(text)
	data, err := m.Encode()
	if err != nil {
		f.t.Fatal(err)
	}
	delete(f.objects, key)
	key = artifact.Key(m, m.Input.SHA256)
	f.objects[key] = data
	return key
}

// Who makes the whole chain anew is found by the history alone, or by computing again (see worker/recompute): that is
// what docs/audit.md says.
func TestWhollyForgedChain(t *testing.T) {
	f := copyOfRun(t)
	f.rewrite("math/update-000001", func(m *artifact.Manifest) { m.Metrics[artifact.MetricGradNorm] += 0.5 })
	if r := f.audit(false); r.Passed() || r.Findings[0].Evidence != audit.ByChain {
		t.Fatalf("before the chain is made anew: %v", r.Findings)
	}
	f.relink()
	if r := f.audit(false); !r.Passed() {
		t.Errorf("without a history it is found after all, and the documents say otherwise: %v", r.Findings)
	}
	r := f.audit(true)
	for _, where := range []string{f.key("math/update-000001"), "history of audited, "} {
		if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool {
			return f.Evidence == audit.ByHistory && len(f.Where) >= len(where) && f.Where[:len(where)] == where
		}) {
			t.Errorf("the history does not find it at %s: %v", where, r.Findings)
		}
	}
}
