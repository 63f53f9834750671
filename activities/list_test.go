package activities_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"temper/activities"
	"temper/model/artifact"
)

// TestListForms: a list without parts is written as a plain list, as it was before there were parts.
func TestListForms(t *testing.T) {
	ref := artifact.RefOf([]byte("part"))
	for want, list := range map[string]activities.List[int]{
		`null`:  {},
		`[1,2]`: activities.ListOf(1, 2),
		`{"parts":[` + mustJSON(t, ref) + `],"items":[3]}`: {Parts: []artifact.Ref{ref}, Items: []int{3}},
	} {
		if got := mustJSON(t, list); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		var back activities.List[int]
		if err := json.Unmarshal([]byte(want), &back); err != nil || !reflect.DeepEqual(back, list) {
			t.Errorf("%s comes back as %+v, %v", want, back, err)
		}
	}
}

// TestNumbers: many numbers that follow one another are short, a few are written as ever.
func TestNumbers(t *testing.T) {
	span := func(first, n int) (numbers activities.Numbers) {
		for i := range n {
			numbers = append(numbers, first+i)
		}
		return numbers
	}
	for want, numbers := range map[string]activities.Numbers{
		`null`:                 nil,
		`[4,5,6,2]`:            {4, 5, 6, 2},
		`["7..1006"]`:          span(7, 1000),
		`[3,"10..2009",1,2,3]`: slices.Concat(activities.Numbers{3}, span(10, 2000), activities.Numbers{1, 2, 3}),
	} {
		if got := mustJSON(t, numbers); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		var back activities.Numbers
		if err := json.Unmarshal([]byte(want), &back); err != nil || !slices.Equal(back, numbers) {
			t.Errorf("%s comes back as %d numbers, %v", want, len(back), err)
		}
	}
	if got, want := mustJSON(t, span(0, 999)), mustJSON(t, []int(span(0, 999))); got != want {
		t.Errorf("999 numbers are %.80s", got)
	}
	for _, bad := range []string{`["a"]`, `["1..x"]`, `[1.5]`, `["0..99999999999"]`, `{}`} {
		if err := json.Unmarshal([]byte(bad), new(activities.Numbers)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
