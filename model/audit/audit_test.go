package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"temper/model/artifact"
	"temper/model/reward"
	"temper/model/rollout"
)

func TestDraw(t *testing.T) {
	r := Report{keys: map[artifact.Kind][]string{artifact.KindUpdate: {"u1", "u2", "u3", "u4", "u5"}, artifact.KindRecipe: {"r"}}}
	first := r.Draw(2, 7)
	if len(first) != 3 || first[0] != "r" || !slices.IsSorted(first) || !slices.Equal(first, r.Draw(2, 7)) {
		t.Errorf("drawn are %v, and again %v", first, r.Draw(2, 7))
	}
	others := map[string]bool{}
	for seed := range uint64(20) {
		others[strings.Join(r.Draw(1, seed), " ")] = true
	}
	if len(others) != 5 {
		t.Errorf("20 seeds draw %d of 5 updates", len(others))
	}
}

func TestDifference(t *testing.T) {
	manifest := func() artifact.Manifest {
		return artifact.Manifest{
			Input: artifact.RefOf([]byte("in")), Inputs: map[string]artifact.Ref{"a": artifact.RefOf([]byte("a"))}, Outputs: map[string]artifact.Ref{"out": artifact.RefOf([]byte("out"))},
			Metrics: map[string]float64{"loss": 0.30000000000000004}, Series: map[string][]float64{"loss": {1, 2}}, Remarks: []string{"x"}, Work: artifact.Work{Worker: "one"},
		}
	}
	if d := Difference(manifest(), manifest()); d != "" {
		t.Error(d)
	}
	for want, change := range map[string]func(*artifact.Manifest){
		"output out is not there": func(m *artifact.Manifest) { m.Outputs = nil },
		"loss is 0.3, and":        func(m *artifact.Manifest) { m.Metrics["loss"] = 0.3 }, // the last bit
		"the series loss":         func(m *artifact.Manifest) { m.Series["loss"] = []float64{2, 1} },
		"its input is another":    func(m *artifact.Manifest) { m.Input = artifact.RefOf([]byte("other")) },
		"lists as inputs":         func(m *artifact.Manifest) { m.Inputs["b"] = artifact.Ref{} },
		"other outputs":           func(m *artifact.Manifest) { m.Metrics["more"] = 1 },
		"its remarks differ":      func(m *artifact.Manifest) { m.Remarks = nil },
		"the ledger differs":      func(m *artifact.Manifest) { m.Ledger = &artifact.Ledger{} },
	} {
		again := manifest()
		change(&again)
		if d := Difference(manifest(), again); !strings.Contains(d, want) {
			t.Errorf("%q, want %q", d, want)
		}
	}
	again := manifest()
	if again.Work.Worker = "two"; Difference(manifest(), again) != "" {
		t.Error("who did it counts")
	}
}

func TestVerdictsFit(t *testing.T) {
	all := []rollout.Rollout{{Problem: 3}, {Problem: 3, Sample: 1}}
	found := []reward.Record{{Problem: 3}, {Rollout: 1, Problem: 3, Sample: 1}}
	if said := verdictsFit(all, found); said != "" {
		t.Error(said)
	}
	for i, change := range []func(r []reward.Record) []reward.Record{
		func(r []reward.Record) []reward.Record { return r[:1] },
		func(r []reward.Record) []reward.Record { r[1].Sample = 0; return r },
		func(r []reward.Record) []reward.Record { r[0].Problem = 4; return r },
		func(r []reward.Record) []reward.Record { r[0].Rollout = 1; return r },
	} {
		if verdictsFit(all, change(slices.Clone(found))) == "" {
			t.Errorf("change %d is not seen", i)
		}
	}
}

func TestWhatADocumentNames(t *testing.T) {
	d, err := readDocument([]byte(`{"weights":[{"key":"k1","sha256":"` + strings.Repeat("a", 64) + `","size":1}],"policy":{"key":"k2","sha256":"` + strings.Repeat("b", 64) + `","size":12345678901,"link":{}},"no":{"key":"x","sha256":"y"}}`))
	if err != nil {
		t.Fatal(err)
	}
	refs := d.allRefs()
	if len(refs) != 2 || refs[0].Key != "k2" || refs[0].Size != 12345678901 || refs[1].Key != "k1" {
		t.Errorf("it names %v", refs)
	}
	if parts := d.parts(); !parts[refs[1]] || parts[refs[0]] {
		t.Errorf("its parts are %v", parts)
	}
	for _, text := range []string{`[1]`, `{"a":1}` + "\n" + `{"a":2}`, `{`, ``} {
		if _, err := readDocument([]byte(text)); err == nil {
			t.Errorf("%q is a document", text)
		}
	}
}

// blobs is a reader of blobs alone.
type blobs map[string][]byte

func (b blobs) Get(_ context.Context, ref artifact.Ref) ([]byte, error) {
	data, ok := b[ref.Key]
	if !ok {
		return nil, errGone
	}
	return data, ref.Verify(data)
}
func (b blobs) Read(context.Context, string) ([]byte, error)   { return nil, errGone }
func (b blobs) List(context.Context, string) ([]string, error) { return nil, nil }

var errGone = errors.New("gone")

func TestListsInParts(t *testing.T) {
	store := blobs{}
	part := func(text string) string {
		ref := artifact.RefOf([]byte(text))
		store[ref.Key] = []byte(text)
		data, err := json.Marshal(ref)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	read := func(text string) (document, []Finding) {
		w := &walk{ctx: t.Context(), store: store, options: Options{Missing: func(err error) bool { return errors.Is(err, errGone) }}}
		d, err := readDocument([]byte(text))
		if err == nil {
			_, err = w.whole("key", map[string]any(d))
		}
		if err != nil {
			t.Fatal(err)
		}
		return d, w.report.Findings
	}
	in := `{"a":{"shards":{"parts":[` + part(`[{"x":1},{"x":2}]`) + `,` + part(`[{"x":3}]`) + `],"items":[{"x":4}]}},"parts":"no list","other":{"parts":[],"items":[],"more":1}}`
	d, found := read(in)
	if list, _ := d.object("a")["shards"].([]any); len(list) != 4 || fmt.Sprint(list[2]) != "map[x:3]" || len(found) > 0 {
		t.Errorf("the list is %v; found %v", list, found)
	}
	lost := artifact.RefOf([]byte(`[{"x":3}]`))
	store[lost.Key][3] ^= 1
	if _, found = read(in); len(found) != 1 || found[0].Evidence != ByDigest || found[0].Where != lost.Key {
		t.Errorf("of a damaged part is found %v", found)
	}
	delete(store, lost.Key)
	if _, found = read(in); len(found) != 1 || !strings.Contains(found[0].What, "is not there") {
		t.Errorf("of a lost part is found %v", found)
	}
	var n numbers
	if err := json.Unmarshal([]byte(`[7,"0..2",5]`), &n); err != nil || !slices.Equal(n, numbers{7, 0, 1, 2, 5}) {
		t.Errorf("numbers %v, error %v", n, err)
	}
	for _, bad := range []string{`["2..1"]`, `["0..99999999999"]`, `["x"]`, `[1.5]`} {
		if err := json.Unmarshal([]byte(bad), &n); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestWhatCannotBeChecked(t *testing.T) {
	w := &walk{}
	w.note(artifact.Manifest{Kind: artifact.KindVerdicts, Stage: "own", Unrepeatable: true})
	w.note(artifact.Manifest{Kind: artifact.KindTeaching, Stage: "teacher"})
	w.report.AddRecomputed(Recomputed{Key: "k", Kind: artifact.KindUpdate, Why: "another device"})
	w.report.AddRecomputed(Recomputed{Key: "l", Kind: artifact.KindUpdate, Done: true, Same: true})
	var what []string
	for _, u := range w.report.Unchecked {
		what = append(what, u.What+": "+u.Why)
	}
	if want := []string{
		"verdicts of a reward that is not deterministic: what is recorded is all there is, as in stage own",
		"responses of a model that a server holds: what is recorded is all there is, as in stage teacher",
		"recomputation of update: k: another device",
	}; !slices.Equal(what, want) || !w.report.Passed() {
		t.Errorf("not checked are %q; found %v", what, w.report.Findings)
	}
	w.report.AddRecomputed(Recomputed{Key: "m", Kind: artifact.KindUpdate, Done: true, Why: "loss is 2"})
	if f := w.report.Findings; len(f) != 1 || f[0] != (Finding{ByRecomputing, "m", "done again, loss is 2"}) {
		t.Errorf("found %v", f)
	}
}

func TestText(t *testing.T) {
	r := Report{
		Run: artifact.RunID{Name: "demo", ID: "0a"}, RecipeName: "smoke", Seed: 3, Chain: "head abc",
		Records: map[artifact.Kind]int{artifact.KindUpdate: 2}, Code: map[string]int{"": 2},
		NumericsVersions: map[int]int{2: 1, 1: 7}, Allowed: map[string]int{"by ada: urgent": 1},
		Datasets: []Dataset{{Name: "math", Of: "math.jsonl", Licence: "MIT", Read: 5, Kept: 3, LeftOut: map[string]int{"bad": 2}}},
		Changes:  []Change{{At: time.Unix(0, 0), What: "update pause", Who: "jwt ada", SaidToBe: "laptop", Why: "look\x1b[2J"}, {What: "started", SaidToBe: "bob"}},
	}
	r.NotChecked("a reward", "it is not deterministic")
	r.NotChecked("a reward", "another reason")
	text := func() string {
		var out bytes.Buffer
		if err := r.Text(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, want := range []string{
		"demo, Run ID 0a", "seed 3", "unknown (2 records)", "version 1 (7 records); not said\nnumerics        version 2 (1 records)", "other numerics  by ada: urgent (1 records)", "head abc", "data math: math.jsonl; source not given, licence MIT; 3 of 5 problems and examples; bad 2\n",
		"1970-01-01 00:00:00 UTC update pause by jwt ada: look?[2J\n", "started by somebody, said to be bob\n", "not checked: a reward (2): it is not deterministic\n",
	} {
		if got := text(); !strings.Contains(got, want) || !strings.HasSuffix(got, "\nPASS\n") {
			t.Errorf("%s\nlacks %q, or PASS at its end", got, want)
		}
	}
	for range screen + 2 {
		r.Find(ByChain, "key", "is wrong")
	}
	if got := text(); !strings.HasSuffix(got, "[chain] key: is wrong\n… and 2 more, all in --json\nFAIL: 27 findings\n") {
		t.Error(got)
	}
}
