package activities_test

import (
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

func TestPrepareSyntheticData(t *testing.T) {
	p := newPlace(t, nil)
	for _, test := range []struct {
		name               string
		problems, examples int
	}{
		{"base-text", 0, 64}, {"demonstrations", 0, 64}, {"math", 16, 0}, {"code", 16, 0}, {"math-held-out", 4, 0},
	} {
		got := p.dataset(test.name)
		if got.NumProblems != test.problems || got.NumExamples != test.examples || got.Dropped != 0 {
			t.Errorf("%s: %+v", test.name, got)
		}
		if got.Problems.IsZero() != (test.problems == 0) || got.Examples.IsZero() != (test.examples == 0) {
			t.Errorf("%s: refs of nothing, or none of something: %+v", test.name, got)
		}
	}
	problems, err := dataset.DecodeProblems(p.get(p.dataset("code").Problems))
	if err != nil || len(problems) != 16 || problems[0].Domain != recipe.DomainCode || len(problems[0].Tests) == 0 {
		t.Errorf("code problems: %v, %v", problems, err)
	}
}

// fileInput asks for a dataset that is a file.
func (p *place) fileInput(uri string, format recipe.Format, tokenizer string) activities.PrepareDataInput {
	return activities.PrepareDataInput{
		Run: testRun, Name: "train", Dataset: recipe.Dataset{URI: uri, Format: format}, Vocabulary: p.vocabulary(tokenizer),
		Prompt:           recipe.Prompt{Format: recipe.PromptTokens},
		MaxExampleTokens: 60, MaxPromptTokens: 40,
	}
}

const gsm8kLines = `{"question": "2 and 3?", "answer": "2+3=<<2+3=5>>5\n#### 5"}
{"question": "7 less 3?", "answer": "7-3=4\n#### 4"}
{"question": "A question that is longer than the recipe's limits?", "answer": "no\n#### 4"}
`

func TestPrepareFiles(t *testing.T) {
	for _, uri := range []string{"/data/train.jsonl", "s3://corpora/gsm8k/train.jsonl"} {
		p := newPlace(t, nil)
		p.sources[uri] = []byte(gsm8kLines)
		got := must(p, p.acts.PrepareData, p.fileInput(uri, recipe.FormatGSM8K, "bytes"))
		if got.NumProblems != 2 || got.NumExamples != 2 || got.Dropped != 2 {
			t.Errorf("%s: %+v", uri, got)
		}
		limited := p.fileInput(uri, recipe.FormatGSM8K, "bytes")
		limited.Dataset.Limit = 1
		if got := must(p, p.acts.PrepareData, limited); got.NumProblems != 1 || got.Dropped != 0 {
			t.Errorf("%s, first line: %+v", uri, got)
		}
	}
}

// TestPrepareCalculations: of the first two lines, which fit, one annotates a calculation.
func TestPrepareCalculations(t *testing.T) {
	p := newPlace(t, nil)
	p.sources["f"] = []byte(gsm8kLines)
	in := p.fileInput("f", recipe.FormatGSM8K, "bytes")
	in.Dataset.Calculations = &recipe.Calculations{Prompt: recipe.CalculationQuestion, MaxNumber: 5}
	got := must(p, p.acts.PrepareData, in)
	if got.NumProblems != 1 || got.NumExamples != 1 || got.Dropped != 0 {
		t.Errorf("%+v", got)
	}
	in.Dataset.Calculations = &recipe.Calculations{Prompt: recipe.CalculationQuestion, MaxNumber: 4}
	_, err := do(p, p.acts.PrepareData, in)
	want := "data.train.calculations leave out all of f: none is of whole numbers up to max_number 4 that stand in its prompt"
	if app := checkFailure(t, err, activities.UserErrorType, false); app.Message() != want {
		t.Errorf("message is %q, want %q", app.Message(), want)
	}
}

// TestExamplesThatNoStageUses are not checked and not stored: a benchmark's file may hold answers of any length.
func TestExamplesThatNoStageUses(t *testing.T) {
	p := newPlace(t, nil)
	p.sources["f"] = []byte(gsm8kLines)
	in := p.fileInput("f", recipe.FormatGSM8K, "bytes")
	in.MaxExampleTokens = 0
	if got := must(p, p.acts.PrepareData, in); got.NumProblems != 2 || got.NumExamples != 0 || !got.Examples.IsZero() {
		t.Errorf("%+v", got)
	}
	p.sources["g"] = []byte(`{"prompt": "p", "response": "r"}`)
	in = p.fileInput("g", recipe.FormatExamples, "bytes")
	in.MaxExampleTokens = 0
	if got := must(p, p.acts.PrepareData, in); got.NumProblems+got.NumExamples != 0 {
		t.Errorf("of examples alone: %+v", got)
	}
}

// TestPrepareDataChecksTheDomain: a code problem in a math stage, and one without tests, are
// known before anything is sampled, by file and line.
func TestPrepareDataChecksTheDomain(t *testing.T) {
	const right, program = `{"problem":"1+1?","answer":"2"}`, `{"problem":"f","tests":{"type":"stdin","inputs":["1"],"outputs":["2"]}}`
	for _, test := range []struct {
		domain                 recipe.Domain
		first, second, message string
	}{
		{recipe.DomainMath, right, program, `data.train: f.jsonl line 2: field "tests" is of domain code; a problem of domain math is judged by field "answer"`},
		{recipe.DomainCode, program, `{"problem":"f","tests":{"type":"stdin"}}`, "data.train: f.jsonl line 2: tests: inputs is empty, want at least one"},
	} {
		p := newPlace(t, nil)
		in := p.fileInput("f.jsonl", recipe.FormatProblems, "bytes")
		in.Domain = test.domain
		p.sources["f.jsonl"] = []byte(test.first + "\n")
		if got := must(p, p.acts.PrepareData, in); got.NumProblems != 1 {
			t.Errorf("%s: %+v", test.domain, got)
		}
		in.Seed++ // another piece of work
		p.sources["f.jsonl"] = []byte(test.first + "\n" + test.second)
		_, err := do(p, p.acts.PrepareData, in)
		if app := checkFailure(t, err, activities.UserErrorType, false); app.Message() != test.message {
			t.Errorf("message is %q, want %q", app.Message(), test.message)
		}
	}
}

// TestPrepareUnjudged: rows that no program can be judged by are left out, and counted by reason.
func TestPrepareUnjudged(t *testing.T) {
	const (
		right  = `{"task_id":1,"text":"add","code":"","test_list":["assert f()"]}`
		absent = `{"task_id":2,"text":"add","code":"","test_list":[]}`
	)
	p := newPlace(t, nil)
	in := p.fileInput("f.jsonl", recipe.FormatMBPP, "bytes")
	in.Domain, in.MaxPromptTokens = recipe.DomainCode, 1000
	p.sources["f.jsonl"] = []byte(absent + "\n" + right + "\n" + absent)
	if got := must(p, p.acts.PrepareData, in); got.NumProblems != 1 || got.Dropped != 0 {
		t.Errorf("%+v", got)
	}
	for _, m := range p.manifests(testRun) {
		if m.Kind == artifact.KindDataset && m.Metrics["unjudged: no tests"] != 2 {
			t.Errorf("metrics are %v", m.Metrics)
		}
	}
	in.Seed++ // another piece of work
	p.sources["f.jsonl"] = []byte(absent)
	_, err := do(p, p.acts.PrepareData, in)
	const want = "data.train: no program can be judged by any row of f.jsonl: no tests 1"
	if app := checkFailure(t, err, activities.UserErrorType, false); app.Message() != want {
		t.Errorf("message is %q, want %q", app.Message(), want)
	}
}

// TestGeneratedDataIsChecked as data of files is.
func TestGeneratedDataIsChecked(t *testing.T) {
	p := newPlace(t, nil)
	_, err := do(p, p.acts.PrepareData, activities.PrepareDataInput{
		Run: testRun, Name: "train", Vocabulary: p.vocabulary("synthetic"), Prompt: recipe.Prompt{Format: recipe.PromptTokens}, MaxPromptTokens: 40,
		Dataset: recipe.Dataset{Synthetic: &recipe.Synthetic{Kind: recipe.Problems, Count: 2, CodeFraction: 1}}, Domain: recipe.DomainMath,
	})
	want := `field "tests" is of domain code; a problem of domain math is judged by field "answer"`
	if app := checkFailure(t, err, activities.UserErrorType, false); !strings.HasPrefix(app.Message(), "data.train: problem c:") || !strings.HasSuffix(app.Message(), want) {
		t.Errorf("message is %q", app.Message())
	}
}

func TestPrepareDataRefuses(t *testing.T) {
	files := map[string]string{
		"malformed.jsonl": gsm8kLines + `{"question": `,
		"field.jsonl":     `{"question": "q", "anser": "a"}`,
		"empty.jsonl":     "",
		"greek.jsonl":     `{"question": "λ?", "answer": "4\n#### 4"}`,
		"long.jsonl":      `{"question": "` + strings.Repeat("long ", 20) + `", "answer": "4\n#### 4"}`,
		"examples.jsonl":  `{"prompt": "<user>1?<asst><think>", "response": "ζ"}`,
	}
	for _, test := range []struct {
		name, uri          string
		format             recipe.Format
		tokenizer, message string
	}{
		{"missing file", "nowhere.jsonl", recipe.FormatGSM8K, "bytes", "data.train: nowhere.jsonl: no such file"},
		{"malformed line", "malformed.jsonl", recipe.FormatGSM8K, "bytes", "data.train: malformed.jsonl line 4: it is truncated"},
		{"unknown field", "field.jsonl", recipe.FormatGSM8K, "bytes", "field.jsonl line 1"},
		{"empty file", "empty.jsonl", recipe.FormatGSM8K, "bytes", "data.train: empty.jsonl"},
		{"vocabulary of a problem", "greek.jsonl", recipe.FormatGSM8K, "synthetic", "data.train: problem 1"},
		{"vocabulary of an example", "examples.jsonl", recipe.FormatExamples, "synthetic", "data.train: example 1"},
		{"nothing fits", "long.jsonl", recipe.FormatGSM8K, "bytes", "data.train: none of its 2 records fits the recipe's token limits (examples 60, prompts 40)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t, nil)
			for uri, text := range files {
				p.sources[uri] = []byte(text)
			}
			_, err := do(p, p.acts.PrepareData, p.fileInput(test.uri, test.format, test.tokenizer))
			app := checkFailure(t, err, activities.UserErrorType, false)
			if !strings.Contains(app.Message(), test.message) || strings.Contains(app.Message(), "\n") {
				t.Errorf("message is %q, want %q", app.Message(), test.message)
			}
			if len(p.manifests(testRun)) != 0 {
				t.Error("refused data left a manifest")
			}
		})
	}
}

func TestRecordRecipe(t *testing.T) {
	p := newPlace(t, nil)
	r := smoke(t)
	ref := must(p, p.acts.RecordRecipe, activities.RecordRecipeInput{Run: testRun, Recipe: r})
	again, err := recipe.Decode(p.get(ref.Ref))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := digest(t, r), digest(t, again); a != b {
		t.Errorf("the stored recipe is another: %s and %s", a, b)
	}
}

func digest(t *testing.T, r recipe.Recipe) string {
	t.Helper()
	d, err := r.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSourceThatIsAway: an S3 source that does not answer is no mistake of the user's.
func TestSourceThatIsAway(t *testing.T) {
	p := newPlace(t, nil)
	p.acts.Sources = awaySources{}
	_, err := do(p, p.acts.PrepareData, p.fileInput("s3://corpora/x.jsonl", recipe.FormatGSM8K, "bytes"))
	checkFailure(t, err, activities.TransientType, true)
}

func TestDatasetManifest(t *testing.T) {
	p := newPlace(t, nil)
	got := p.dataset("math")
	for key, m := range p.manifests(testRun) {
		if m.Kind != artifact.KindDataset || m.Name != "math" || m.Metrics[artifact.MetricRecords] != 16 || m.Outputs["problems"] != got.Problems {
			t.Errorf("%s: %+v", key, m)
		}
		if !strings.HasPrefix(key, "runs/test/0001/run/dataset-math-000000-00-") || objectstore.CheckKey(key) != nil {
			t.Errorf("key is %s", key)
		}
	}
}

// TestPrepareDataMeasures: the mean lengths of what is kept are recorded, in bytes here; a prompt has the frame's three tokens.
func TestPrepareDataMeasures(t *testing.T) {
	p := newPlace(t, nil)
	p.sources["f.jsonl"] = []byte(`{"id":"a","problem":"1+1?","answer":"2"}
{"id":"b","problem":"10+10?","answer":"20"}
`)
	in := p.fileInput("f.jsonl", recipe.FormatProblems, "bytes")
	in.Domain, in.Prompt = recipe.DomainMath, recipe.Prompt{Format: recipe.PromptTokens}
	must(p, p.acts.PrepareData, in)
	for _, m := range p.manifests(testRun) {
		if got, ok := m.Metrics[artifact.MetricMeanExample]; m.Kind == artifact.KindDataset && (m.Metrics[artifact.MetricMeanPrompt] != 5+3 || ok) {
			t.Errorf("%v, want prompts of 8 tokens and no example, but %g", m.Metrics, got)
		}
	}
	p = newPlace(t, nil)
	p.dataset("math")
	for key, m := range p.manifests(testRun) {
		if m.Kind == artifact.KindDataset && !(m.Metrics[artifact.MetricMeanPrompt] > 3 && m.Metrics[artifact.MetricMeanPrompt] < 50) {
			t.Errorf("%s: %v", key, m.Metrics)
		}
	}
}

// TestPrepareDataReadsGolds: how the reference answers of a math dataset can be compared is
// recorded, and the problems that no response can solve are named.
func TestPrepareDataReadsGolds(t *testing.T) {
	p := newPlace(t, nil)
	p.sources["f.jsonl"] = []byte(`{"id":"a","problem":"1+1?","answer":"2"}
{"id":"b","problem":"which?","answer":"the even one of them"}
{"id":"c","problem":"what?","answer":"5\\"}
{"id":"d","problem":"x?","answer":"x^2"}
`)
	in := p.fileInput("f.jsonl", recipe.FormatProblems, "bytes")
	in.Domain, in.Prompt = recipe.DomainMath, recipe.Prompt{Format: recipe.PromptTokens}
	must(p, p.acts.PrepareData, in)
	for _, m := range p.manifests(testRun) {
		if m.Kind != artifact.KindDataset {
			continue
		}
		want := `1 of 4 reference answers are not correct against themselves, so that no response is rewarded: c (the last \boxed{} is not closed or holds more than 4096 bytes)`
		if m.Metrics[artifact.MetricGoldsAsText] != 0.25 || m.Metrics[artifact.MetricGoldsFailing] != 1 || len(m.Remarks) != 1 || m.Remarks[0] != want {
			t.Errorf("%v, %q; want a quarter as texts, 1 failing, %q", m.Metrics, m.Remarks, want)
		}
	}
}
