package curation

import (
	"reflect"
	"slices"
	"testing"

	"temper/model/recipe"
	"temper/model/reward"
)

func TestTally(t *testing.T) {
	const yes, no, unknown = reward.Correct, reward.Incorrect, reward.Ungradable
	said := func(answer string, v reward.Verdict) Response { return Response{answer, v, 10} }
	for name, c := range map[string]struct {
		responses []Response
		want      reward.Verdict
		level     int
	}{
		"most are right":                   {[]Response{said("1", yes), said("2", no), said("1", yes)}, yes, 1},
		"most agree on what is wrong":      {[]Response{said("1", yes), said("2", no), said("2", no)}, no, 2},
		"right ones in several spellings":  {[]Response{said("0.5", yes), said("3", no), said("3", no), said(`\frac12`, yes), said("1/2", yes)}, yes, 2},
		"wrong ones in several spellings":  {[]Response{said("0.5", no), said("3", yes), said("3", yes), said(`\frac12`, no), said("1/2", no)}, no, 3},
		"wrong ones that differ":           {[]Response{said("4", no), said("3", yes), said("5", no), said("3", yes), said("6", no)}, yes, 3},
		"of equally many the first":        {[]Response{said("4", no), said("3", yes)}, no, 1},
		"of equally many the first, right": {[]Response{said("3", yes), said("4", no)}, yes, 1},
		"those without an answer vote not": {[]Response{said("", no), said("", no), said("3", yes)}, yes, 2},
		"nobody answers":                   {[]Response{said("", no), said(" ", no)}, no, 2},
		"a fault that could decide":        {[]Response{said("3", yes), said("", unknown)}, unknown, 0},
		"a fault that could not":           {[]Response{said("3", yes), said("3", yes), said("", unknown)}, yes, 0},
		"faults alone":                     {[]Response{said("", unknown)}, unknown, 0},
		"a fault beside what is wrong":     {[]Response{said("4", no), said("4", no), said("x", unknown)}, no, 2},
		"nothing is judged":                {[]Response{{Tokens: 10}, {}}, "", 2},
	} {
		tally := TallyOf("p", "Q?", c.responses)
		if tally.Majority != c.want || tally.Level() != c.level || tally.Samples != len(c.responses) || tally.Tokens != 10 {
			t.Errorf("%s: %+v, level %d", name, tally, tally.Level())
		}
		data, err := EncodeTallies([]Tally{tally, tally})
		if again, e := DecodeTallies(data); err != nil || e != nil || !reflect.DeepEqual(again, []Tally{tally, tally}) {
			t.Errorf("%s: it is stored as %s: %v, %v", name, data, err, e)
		}
	}
	if _, err := DecodeTallies([]byte(`{"id":"a"}{`)); err == nil {
		t.Error("half a tally is read")
	}
}

func TestDifficulty(t *testing.T) {
	tally := func(question string, correct, unknown int, majority reward.Verdict) Tally {
		return Tally{Question: QuestionKey(question), Samples: 8, Correct: correct, Ungradable: unknown, Majority: majority}
	}
	given := Given{Tallies: ByQuestion([]Tally{
		tally("all", 8, 0, reward.Correct), tally("three", 3, 0, reward.Correct), tally("none", 0, 0, reward.Incorrect), tally("faults", 3, 2, reward.Ungradable),
		tally("all", 0, 0, reward.Incorrect), // the same question again: the first counts
	})}
	rows := []Row{{ID: "0", Question: "ALL "}, {ID: "5", Question: "three"}, {ID: "8", Question: "none"}, {ID: "3 to 5", Question: "faults"}, {ID: "never", Question: "not there"}}
	for _, c := range []struct {
		rule recipe.Difficulty
		want []string
	}{
		{recipe.Difficulty{Of: "t", Keep: recipe.KeepMajority}, []string{"8 wrong_majority", "never not_asked"}},
		{recipe.Difficulty{Of: "t", Levels: &recipe.Levels{To: 7}}, []string{"8 above_levels", "never not_asked"}},
		{recipe.Difficulty{Of: "t", Levels: &recipe.Levels{From: 1, To: 4}}, []string{"0 below_levels", "5 above_levels", "8 above_levels", "never not_asked"}},
		{recipe.Difficulty{Of: "t", Levels: &recipe.Levels{From: 6, To: 8}}, []string{"0 below_levels", "5 below_levels", "3 to 5 below_levels", "never not_asked"}},
		{recipe.Difficulty{Of: "t", Levels: &recipe.Levels{From: 5, To: 8}}, []string{"0 below_levels", "never not_asked"}},
	} {
		if got := dropped(t, recipe.Rule{Difficulty: &c.rule}, rows, given); !slices.Equal(got, c.want) {
			t.Errorf("%+v drops %q, want %q", c.rule, got, c.want)
		}
	}
	for i, want := range []int{0, 5, 8, 3} {
		if got := LevelOf(recipe.Rule{Difficulty: &recipe.Difficulty{Of: "t"}}, rows[i].Question, given); got == nil || *got != want {
			t.Errorf("%s is of level %v", rows[i].Question, got)
		}
		rows[i].Level = &want
	}
	byLevel := recipe.Rule{Difficulty: &recipe.Difficulty{Levels: &recipe.Levels{From: 1, To: 5}}}
	if got := dropped(t, byLevel, rows, Given{}); !slices.Equal(got, []string{"0 below_levels", "8 above_levels", "never no_level"}) {
		t.Errorf("by written levels: %q", got)
	}
	if LevelOf(byLevel, "all", given) != nil || LevelOf(recipe.Rule{}, "all", given) != nil {
		t.Error("a level is written by a rule that asks no teacher")
	}
}

// TestLengthByTeacher: of AceReason-Nemotron 1.0's rule, drop below 2,000 tokens of the teacher's and thin 2,000 to 4,000.
func TestLengthByTeacher(t *testing.T) {
	given := Given{Seed: 1, Tallies: map[string]Tally{}, Others: map[string][]Row{"t": {{Question: "own", Tokens: 9000}, {Question: "short", Tokens: 9000}}}}
	var rows []Row
	for i, tokens := range []float64{1999, 2000, 3999, 4000, 0} {
		question := []string{"short", "from", "to", "long", "unknown"}[i]
		rows = append(rows, Row{ID: question, Question: question})
		given.Tallies[QuestionKey(question)] = Tally{Tokens: tokens}
	}
	rows = append(rows, Row{ID: "never", Question: "never asked"})
	if got := dropped(t, recipe.Rule{Length: &recipe.Length{Below: 2000, Of: "t", Tokens: recipe.TokensTeacher}}, rows, given); !slices.Equal(got, []string{"short thinned_by_length"}) {
		t.Errorf("below 2,000: %q", got)
	}
	if got := dropped(t, recipe.Rule{Length: &recipe.Length{From: 2000, Below: 4000, Of: "t", Tokens: recipe.TokensTeacher}}, rows, given); !slices.Equal(got, []string{"from thinned_by_length", "to thinned_by_length"}) {
		t.Errorf("2,000 to 4,000: %q", got)
	}
}
