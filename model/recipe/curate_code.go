package recipe

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Released leaves out problems that were published before From or after Until, both days as
// 2024-08-01 and themselves within; "" is no bound (AceReason-Nemotron 1.0 §3.2.2: until
// 2024-08-01). Undated says whether a problem whose day the data does not say stays: "keep"
// (or "") or "drop".
type Released struct {
	From    string  `json:"from,omitempty"`
	Until   string  `json:"until,omitempty"`
	Undated Lacking `json:"undated,omitempty"`
}

// Lacking is what becomes of a row without what a rule asks for.
type Lacking string

// What becomes of such rows.
const (
	LackingKept    Lacking = "keep"
	LackingDropped Lacking = "drop"
)

func (Lacking) words() []string { return texts(LackingKept, LackingDropped) }

// SameSource leaves out problems that come from the place that a problem of a dataset of Against
// comes from, or from one of URLs, or that are called by one of IDs (1873_A, abc313_a,
// two-sum), in the data or by their place. A place is the same under all of its addresses: with and without
// www, queries and slashes at the end, in a contest and in the archive of Codeforces. (AceReason-Nemotron 1.0
// §3.2.2 matches source URLs.)
type SameSource struct {
	Against []string `json:"against,omitempty"`
	URLs    []string `json:"urls,omitempty"`
	IDs     []string `json:"ids,omitempty"`
}

// Golden leaves out code problems without a golden solution, a program that the data has as
// right, and those whose golden solution fails their tests (AceReason-Nemotron 1.0 §3.2.2).
// What the sandbox cannot judge stays.
type Golden struct {
	// Missing says whether a problem without a golden solution stays: "drop" (or "") or "keep".
	Missing Lacking `json:"missing,omitempty"`
	// Shards is into how many parts the problems are cut.
	Shards int `json:"shards"`
}

// WeakTests leaves out code problems whose tests a trivial program passes (AceReason-Nemotron
// 1.0 §3.2.2: such tests reward what is wrong). What the sandbox cannot judge stays.
type WeakTests struct {
	// Programs are the kinds of trivial programs that are tried; empty: all of them.
	Programs []TrivialProgram `json:"programs,omitempty"`
	// Shards is into how many parts the problems are cut.
	Shards int `json:"shards"`
}

// TrivialProgram is a kind of program that solves nothing.
type TrivialProgram string

// The kinds of trivial programs.
const (
	// TrivialNothing prints nothing, or returns None.
	TrivialNothing TrivialProgram = "nothing"
	// TrivialEcho prints its input, or returns its first argument.
	TrivialEcho TrivialProgram = "echo"
	// TrivialConstant prints or returns the same whatever it is given: what the tests expect most
	// often, 0, 1, -1, YES, NO, Yes, No, an empty text or list, True and False.
	TrivialConstant TrivialProgram = "constant"
)

func (TrivialProgram) words() []string { return texts(TrivialNothing, TrivialEcho, TrivialConstant) }

// Tried are the kinds of trivial programs that the rule tries.
func (w WeakTests) Tried() []TrivialProgram {
	if len(w.Programs) == 0 {
		return []TrivialProgram{TrivialNothing, TrivialEcho, TrivialConstant}
	}
	return w.Programs
}

// RunsPrograms says whether a rule has programs judged that no policy wrote, and into how many
// parts the problems are cut for it.
func (r Rule) RunsPrograms() (shards int, runs bool) {
	switch {
	case r.Golden != nil:
		return r.Golden.Shards, true
	case r.WeakTests != nil:
		return r.WeakTests.Shards, true
	}
	return 0, false
}

func (v *validator) released(at, data string, r Released) {
	days := map[string]time.Time{}
	for _, d := range []struct{ name, text string }{{"from", r.From}, {"until", r.Until}} {
		day, err := time.Parse(time.DateOnly, d.text)
		v.check(at+d.name, d.text == "" || err == nil, "is %q; valid: a day as 2024-08-01, or absent", d.text)
		days[d.name] = day
	}
	v.check(at+"until", r.Until == "" || !days["until"].Before(days["from"]), "is %q, before from %q; valid: a day from then on", r.Until, r.From)
	v.check(at+"from", r.From != "" || r.Until != "", "and until are absent, with which every problem stays; valid: one of them or both")
	if r.Undated != "" {
		v.word(at+"undated", r.Undated)
	}
	v.says(at, data, saysReleased)
}

func (v *validator) sameSource(at, data string, s SameSource) {
	v.check(at+"against", len(s.Against)+len(s.URLs)+len(s.IDs) > 0, "is empty, as are urls and ids; valid: at least one dataset, URL or ID")
	v.givenAll(at+"against", s.Against)
	if len(s.Against)+len(s.URLs) == 0 {
		return // rows have IDs in all formats
	}
	v.says(at, data, saysURL)
	for _, name := range s.Against {
		v.says(at+"against", name, saysURL)
	}
}

// saying is what rows may say beside what is asked and what judges it.
type saying struct {
	// field is its key in Fields, what its name in messages.
	field, what string
	of          func(Fields) string
	// formats are those of files that say it.
	formats []Format
}

var (
	saysGolden = saying{"golden", "golden solutions", func(f Fields) string { return f.Golden },
		[]Format{FormatTACO, FormatAPPS, FormatCodeContests, FormatDeepCoder, FormatHumanEval, FormatMBPP, FormatKodCode, FormatLeetCode, FormatProblems}}
	saysReleased = saying{"released", "release dates", func(f Fields) string { return f.Released },
		[]Format{FormatLiveCodeBench, FormatTACO, FormatLeetCode, FormatProblems}}
	saysURL = saying{"url", "source URLs", func(f Fields) string { return f.URL },
		[]Format{FormatLiveCodeBench, FormatTACO, FormatAPPS, FormatCodeContests, FormatLeetCode, FormatProblems}}
)

// says checks that the rows of a dataset say what a rule asks for.
func (v *validator) says(at, data string, s saying) {
	d, ok := v.recipe.Data[v.recipe.origin(data, v.earlier)]
	if !ok {
		return // what is wrong with the name is told elsewhere
	}
	f, mapped := d.Mapped()
	worded := d.Synthetic != nil && d.Synthetic.Worded
	v.check(strings.TrimSuffix(at, "."), worded || slices.Contains(s.formats, d.Format) || mapped && s.of(f) != "",
		"reads the %s of %q, whose rows have none; valid: a dataset of %s, or of rows with fields.%s", s.what, data, strings.Join(texts(s.formats...), ", "), s.field)
}

func (v *validator) golden(at, data string, g Golden) {
	v.problems(strings.TrimSuffix(at, "."), data, DomainCode)
	v.says(at, data, saysGolden)
	v.shards(at+"shards", g.Shards)
	if g.Missing != "" {
		v.word(at+"missing", g.Missing)
	}
}

func (v *validator) weakTests(at, data string, w WeakTests) {
	v.problems(strings.TrimSuffix(at, "."), data, DomainCode)
	v.shards(at+"shards", w.Shards)
	for i, p := range w.Programs {
		v.word(fmt.Sprintf("%sprograms[%d]", at, i), p)
	}
}

// Said is what is kept of the rows of a dataset for rules that read it, beside what is asked and what judges it.
type Said struct {
	Golden   bool `json:"golden,omitempty"`
	Released bool `json:"released,omitempty"`
	URL      bool `json:"url,omitempty"`
}

// SaidOf is what the rules of the recipe read of a dataset's rows.
func (r Recipe) SaidOf(dataset string) (s Said) {
	for _, stage := range r.Stages {
		if stage.Curate == nil {
			continue
		}
		curated := r.Origin(stage.Curate.Data) == dataset
		for _, rule := range stage.Curate.Rules {
			s.Golden = s.Golden || curated && rule.Golden != nil
			s.Released = s.Released || curated && rule.Released != nil
			s.URL = s.URL || rule.SameSource != nil && (curated || slices.Contains(rule.SameSource.Against, dataset))
		}
	}
	return s
}
