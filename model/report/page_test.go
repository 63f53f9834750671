package report

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"temper/model/artifact"
	"temper/model/recipe"
)

var pagePath = flag.String("page", "", "write the page of the fake run to this file, to look at it")

func build(t *testing.T, r recipe.Recipe, manifests []artifact.Manifest) (Run, []byte) {
	t.Helper()
	run, err := Build(r, manifests)
	if err != nil {
		t.Fatal(err)
	}
	data, err := Render(run)
	if err != nil {
		t.Fatal(err)
	}
	return run, data
}

// document is a parsed page: what the tests ask about.
type document struct {
	ids, hrefs map[string]int
	elements   map[string]int
	attributes []html.Attribute
	text       string
}

func parse(t *testing.T, data []byte) document {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	d := document{ids: map[string]int{}, hrefs: map[string]int{}, elements: map[string]int{}}
	var text strings.Builder
	for n := range root.Descendants() {
		switch n.Type {
		case html.TextNode:
			text.WriteString(n.Data)
		case html.ElementNode:
			d.elements[n.Data]++
			for _, a := range n.Attr {
				d.attributes = append(d.attributes, a)
				switch a.Key {
				case "id":
					d.ids[a.Val]++
				case "href":
					d.hrefs[a.Val]++
				}
			}
		}
	}
	d.text = text.String()
	return d
}

// check asserts what holds for every page: links resolve, and nothing is fetched or run.
func (d document) check(t *testing.T) {
	t.Helper()
	for id, n := range d.ids {
		if n != 1 {
			t.Errorf("id %s occurs %d times", id, n)
		}
	}
	for href := range d.hrefs {
		target, local := strings.CutPrefix(href, "#")
		if !local || d.ids[target] == 0 {
			t.Errorf("link %q leads nowhere in the page", href)
		}
	}
	for _, name := range []string{"script", "link", "img", "iframe", "object", "embed", "base", "form"} {
		if d.elements[name] > 0 {
			t.Errorf("the page has %d <%s>", d.elements[name], name)
		}
	}
	for _, a := range d.attributes {
		if a.Key == "src" || a.Key == "srcset" || a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("attribute %s=%q", a.Key, a.Val)
		}
	}
	if !slices.ContainsFunc(d.attributes, func(a html.Attribute) bool { return strings.HasPrefix(a.Val, "default-src 'none'") }) {
		t.Error("the page does not forbid scripts and requests")
	}
	for _, s := range []string{"url(", "@import", "ZgotmplZ", "NaN", "Inf"} {
		if strings.Contains(d.text, s) {
			t.Errorf("the page has %q", s)
		}
	}
}

func TestPageOfAFinishedRun(t *testing.T) {
	f := fakeRun()
	run, data := build(t, f.recipe, f.manifests)
	if *pagePath != "" {
		if err := os.WriteFile(*pagePath, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d := parse(t, data)
	d.check(t)
	for _, want := range []string{
		"first-light", f.run.ID, "Finished", run.RecipeDigest, run.Checkpoint.Digest,
		"87.1", "± 3.0", // math after the last stage
		"+9.7 ± 2.3", "-2.5", // its gain there, and the loss of code by the math stages
		"temperature 1.19", "chosen", "target 0.3 ± 0.03 nats, met", "budget 36", "8f1c2ab",
		"Final checkpoint, after math-last step 15",
		"data.math-short: 2 of 3800 reference answers are not correct against themselves",
	} {
		if !strings.Contains(d.text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(d.text, "near zero") {
		t.Error("the page calls a good model near zero")
	}
	for _, s := range run.Appendix {
		for _, r := range append(s.Records, s.Shards...) {
			if d.ids[r.ID] != 1 {
				t.Errorf("%s of %s is not in the appendix", r.Title, s.Title)
			}
		}
	}
	// One chart each for 2 supervised stages, 3 benchmarks, 3 searches, 8 for each of 4 stages, and 10 for the whole run.
	if got, want := d.elements["svg"], 2+3+3+32+10; got != want {
		t.Errorf("%d figures, want %d", got, want)
	}
}

// The records that numbers lead to hold these numbers.
func TestNumbersLeadToTheirRecords(t *testing.T) {
	f := fakeRun()
	run, _ := build(t, f.recipe, f.manifests)
	records := map[string]Record{}
	for _, s := range run.Appendix {
		for _, r := range s.Records {
			records[r.ID] = r
		}
	}
	var checked int
	follow := func(what string, n Number, metric string) {
		t.Helper()
		m, err := artifact.DecodeManifest([]byte(records[n.Source].JSON))
		if err != nil {
			t.Fatalf("%s leads to no record: %v", what, err)
		}
		if m.Metrics[metric] != n.Value {
			t.Errorf("%s is %v, its record says %v", what, n.Value, m.Metrics[metric])
		}
		if artifact.RefOf([]byte(records[n.Source].JSON)).SHA256 != records[n.Source].Digest {
			t.Errorf("%s: the digest is not that of the record", what)
		}
		checked++
	}
	for _, s := range run.Stages {
		for _, p := range s.Reward {
			follow("reward", p.Number, artifact.MetricReward)
		}
		for _, p := range s.Entropy {
			follow("entropy", p.Number, artifact.MetricEntropy)
		}
		for _, e := range s.Evaluations {
			follow("avg", e.Avg, artifact.MetricAvg)
			follow("pass SE", e.PassSE, artifact.MetricPassSE)
		}
	}
	for _, d := range run.Datasets {
		follow("records", d.Records, artifact.MetricRecords)
		follow("answers compared as texts", d.GoldsAsText, artifact.MetricGoldsAsText)
		follow("answers that fail", d.GoldsFailing, artifact.MetricGoldsFailing)
	}
	if checked != 2*95+2*18+3*4 {
		t.Errorf("%d numbers checked", checked)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	f := fakeRun()
	_, want := build(t, f.recipe, f.manifests)
	random := rand.New(rand.NewPCG(3, 4))
	for range 3 {
		random.Shuffle(len(f.manifests), func(i, j int) { f.manifests[i], f.manifests[j] = f.manifests[j], f.manifests[i] })
		// A record that was read twice and the report itself change nothing either.
		again := append(f.manifests, f.manifests[7], artifact.Manifest{Kind: artifact.KindReport, Run: f.run})
		if _, got := build(t, f.recipe, again); !bytes.Equal(got, want) {
			t.Error("the page depends on the order of the manifests")
		}
	}
}

// A page can be made at any time: after each record of the run.
func TestUnfinishedRuns(t *testing.T) {
	f := fakeRun()
	for n := 0; n < len(f.manifests); n += 1 + n/6 {
		run, data := build(t, f.recipe, f.manifests[:n])
		d := parse(t, data)
		d.check(t)
		if run.Finished || strings.Contains(d.text, "Finished.") || strings.Contains(d.text, "Final checkpoint") {
			t.Fatalf("%d of %d records are called a finished run", n, len(f.manifests))
		}
		if n == 0 && !strings.Contains(d.text, "Nothing is recorded yet.") {
			t.Error("the empty page does not say so")
		}
	}
}

func TestEmptyRecipe(t *testing.T) {
	_, data := build(t, recipe.Recipe{}, nil)
	parse(t, data).check(t)
}

func TestHostileNamesAreText(t *testing.T) {
	const hostile = `</style></pre><script>alert("x")</script><a href="javascript:x" onclick=x>`
	f := fakeRun()
	r := f.recipe
	r.Name, r.Stages[2].Name, r.Stages[2].RL.Domain, r.Stages[0].Name, r.Evaluation.Benchmarks[0].Name = hostile, hostile, hostile, hostile+"2", hostile
	for i := range f.manifests {
		m := &f.manifests[i]
		m.Run.Name, m.Run.ID, m.Work.Worker, m.Work.CodeVersion = hostile, hostile, hostile, hostile
		if m.Stage == "math-short" {
			m.Stage = hostile
		}
		if m.Name == "math" || m.Kind == artifact.KindDataset {
			m.Name = hostile
		}
		for name, ref := range m.Outputs {
			ref.Key, ref.SHA256 = hostile, hostile
			m.Outputs[name] = ref
		}
	}
	_, data := build(t, r, f.manifests)
	d := parse(t, data)
	d.check(t)
	if !strings.Contains(d.text, hostile) {
		t.Error("the name is not on the page")
	}
}
