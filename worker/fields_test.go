package main

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"temper/activities/learnertest"
	"temper/model/recipe"
)

// TestEveryFieldActs: a field of the recipe that is changed changes what a run computes or shows.
// A field without a case fails the test, so that a new one says what it is seen by.
func TestEveryFieldActs(t *testing.T) {
	fields := fieldsOf(reflect.TypeFor[recipe.Recipe](), "")
	told := slices.Concat(namesOnly, slices.Collect(maps.Keys(seenElsewhere)), slices.Collect(maps.Keys(fieldsFromNothing)), slices.Collect(maps.Keys(fieldsFromBase)), slices.Collect(maps.Keys(fieldsFromReward)), slices.Collect(maps.Keys(fieldsOfCollection)), slices.Collect(maps.Keys(fieldsOfCuration)), slices.Collect(maps.Keys(fieldsOfTeaching)), slices.Collect(maps.Keys(fieldsOfServed)), slices.Collect(maps.Keys(fieldsOfRows)))
	for _, field := range fields {
		if !slices.Contains(told, field) {
			t.Errorf("%s has no case here that shows what it changes", field)
		}
	}
	for _, field := range told {
		if !slices.Contains(fields, field) {
			t.Errorf("%s has a case, but is no field of the recipe", field)
		}
	}
	t.Run("from nothing", func(t *testing.T) { checkFields(t, fromNothing, nil, fieldsFromNothing) })
	t.Run("with curation", func(t *testing.T) { checkFields(t, fromCuration, curationSources(), fieldsOfCuration) })
	t.Run("by their fields", func(t *testing.T) { checkFields(t, fromRows, rowSources(), fieldsOfRows) })
	t.Run("with a teacher", func(t *testing.T) { checkFields(t, fromTeacher, teachingSources(), fieldsOfTeaching) })
	t.Run("on a server's model", func(t *testing.T) { checkFields(t, fromServed, teachingSources(), fieldsOfServed) })
	t.Run("with a reward of the user's", func(t *testing.T) { checkFields(t, fromReward, fieldSources(), fieldsFromReward) })
	learned := learnedWeights(t)
	t.Run("with collections", func(t *testing.T) {
		checkFields(t, fromCollection(t), withBases(t, learned, ropes["transformers 5"]), fieldsOfCollection)
	})
	for form, rope := range ropes {
		t.Run("on a model of "+form, func(t *testing.T) {
			checkFields(t, fromBase, withBases(t, learned, rope), fieldsFromBase)
		})
	}
}

// checkFields compares a run with those in which one field is another.
func checkFields(t *testing.T, text string, sources learnertest.Sources, cases map[string]fieldCase) {
	t.Helper()
	before, _, _ := observe(t, decoded(t, text), sources)
	again, _, _ := observe(t, decoded(t, text), sources)
	if !maps.Equal(before, again) {
		t.Fatal("two runs of one recipe differ, so that nothing can be told from a difference")
	}
	stages := decoded(t, text).Stages
	for _, field := range slices.Sorted(maps.Keys(cases)) {
		c := cases[field]
		if changed := fieldOf(c.set[0], stages); changed != strings.TrimRight(field, "[]{}") {
			t.Errorf("%s: the case changes %s", field, changed)
		}
		base := before
		if len(c.set) > 1 && !c.alone { // what goes along is no reason for a difference
			base, _, _ = observe(t, decoded(t, text, c.set[1:]...), sources)
		}
		after, _, _ := observe(t, decoded(t, text, c.set...), sources)
		if base[c.sees] == "" {
			t.Errorf("%s: runs have no %q", field, c.sees)
		} else if base[c.sees] == after[c.sees] {
			t.Errorf("%s: with %s %s stay as they are", field, c.set[0], c.sees)
		}
	}
}

// fieldsOf are the paths of all values of a type, with [] for a list's members, {} for a map's, and
// [KIND] for the stages of a kind.
func fieldsOf(of reflect.Type, at string) []string {
	switch {
	case of.Kind() == reflect.Pointer:
		return fieldsOf(of.Elem(), at)
	case of.Kind() == reflect.Slice:
		return fieldsOf(of.Elem(), at+"[]")
	case of.Kind() == reflect.Map:
		return fieldsOf(of.Elem(), at+"{}")
	case of.Kind() != reflect.Struct || of == reflect.TypeFor[recipe.Temperature]():
		return []string{at}
	}
	var all []string
	for i := range of.NumField() {
		key, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		switch {
		case of == reflect.TypeFor[recipe.Stage]() && of.Field(i).Type.Kind() == reflect.Pointer:
			key = strings.TrimSuffix(at, "[]") + "[" + key + "]"
		case at != "":
			key = at + "." + key
		}
		all = append(all, fieldsOf(of.Field(i).Type, key)...)
	}
	return all
}

// fieldOf is the path of the field that an assignment sets, as fieldsOf writes it.
func fieldOf(assignment string, stages []recipe.Stage) string {
	path, _, _ := strings.Cut(assignment, "=")
	for i, s := range stages {
		if rest, ok := strings.CutPrefix(path, fmt.Sprintf("stages[%d].", i)); ok && rest != "kind" {
			path = fmt.Sprintf("stages[%s].%s", s.Kind, rest)
		}
	}
	path = regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "[]")
	return regexp.MustCompile(`^data\.[^.]+`).ReplaceAllString(path, "data{}")
}
