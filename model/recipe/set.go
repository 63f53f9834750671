package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"temper/model/library/spelling"

	"sigs.k8s.io/yaml"
)

// Set changes one value of the recipe. The assignment is PATH=VALUE: keys
// joined by dots, with members of lists by number or name, as in
//
//	stages[0].steps=10
//	stages.math-short.optimizer.learning_rate=3e-4
//	data.train=/data/gsm8k/train.jsonl
//
// A dataset set to text gets that text as its uri, a parent RUN or RUN@STAGE. The value is read as the
// field's type. Set does not validate the recipe as a whole: several values may
// have to change before it is right again. When it fails, the recipe is as before.
func Set(r *Recipe, assignment string) error {
	path, value, ok := strings.Cut(assignment, "=")
	path = strings.TrimSpace(path)
	if !ok || path == "" {
		return fmt.Errorf("set %q: valid: PATH=VALUE, for instance stages.math-short.steps=10", assignment)
	}
	segments, err := splitPath(path)
	if err != nil {
		return fmt.Errorf("set %s: %w", path, err)
	}
	// A copy, since recipes that were assigned to each other share maps and lists.
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("set %s: %w", path, err)
	}
	var fresh Recipe
	if err := json.Unmarshal(data, &fresh); err != nil {
		return fmt.Errorf("set %s: %w", path, err)
	}
	if err := setAt(reflect.ValueOf(&fresh).Elem(), segments, "", value); err != nil {
		return fmt.Errorf("set %s: %w", path, err)
	}
	if segments[0] == "prompt" {
		fresh.takeBackPrompts()
	}
	fresh.fillBenchmarks() // of one that has been named now
	fresh.fillSubsets()
	fresh.fillSolved()
	*r = fresh
	return nil
}

// splitPath turns "stages[0].steps" into "stages", "0", "steps".
func splitPath(path string) ([]string, error) {
	var segments []string
	for part := range strings.SplitSeq(path, ".") {
		name, indices, _ := strings.Cut(part, "[")
		if name == "" {
			return nil, fmt.Errorf("an empty key; valid: keys joined by single dots")
		}
		segments = append(segments, name)
		for indices != "" {
			index, rest, closed := strings.Cut(indices, "]")
			if !closed || (rest != "" && rest[0] != '[') {
				return nil, fmt.Errorf("%q is not closed; valid: NAME[NUMBER]", part)
			}
			segments = append(segments, index)
			indices = strings.TrimPrefix(rest, "[")
		}
	}
	return segments, nil
}

// setAt descends to the value that segments name and sets it; at is the path so far.
func setAt(v reflect.Value, segments []string, at, text string) error {
	if len(segments) == 0 {
		return setValue(v, at, text)
	}
	key, rest := segments[0], segments[1:]
	if v.Type() == reflect.TypeFor[Temperature]() {
		return fmt.Errorf("%s has no keys below it", at)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return setAt(v.Elem(), segments, at, text)
	case reflect.Struct:
		if s, ok := v.Addr().Interface().(*Stage); ok {
			return setInStage(s, key, rest, at, text)
		}
		if b, ok := v.Addr().Interface().(*Benchmark); ok && key == "benchmark" && len(rest) == 0 {
			b.become(text)
			return nil
		}
		if s, ok := v.Addr().Interface().(*Subset); ok && (key == "preset" || key == "domain" || key == "fraction") {
			s.forget()
		}
		if s, ok := v.Addr().Interface().(*Solved); ok && key == "by" {
			*s = Solved{Drop: s.Drop} // what the stage gave, by another word, is given anew
		}
		if v.Type() == reflect.TypeFor[Recipe]() && (key == "sft" || key == "rl") {
			return fmt.Errorf("%s is part of stages now; valid: stages.NAME, for instance stages.math-short.steps=10", key)
		}
		field, ok := fieldOf(v.Type(), key)
		if !ok {
			return errors.New(unknown(at, key, keysOf(v.Type())).String())
		}
		return setAt(v.FieldByIndex(field.Index), rest, join(at, key), text)
	case reflect.Slice:
		index, valid := indexOf(v, key)
		if index < 0 {
			return fmt.Errorf("%s has no %q; %svalid: %s", at, key, spelling.DidYouMean(key, valid), strings.Join(valid, ", "))
		}
		return setAt(v.Index(index), rest, fmt.Sprintf("%s[%d]", at, index), text)
	case reflect.Map:
		return setInMap(v, key, rest, at, text)
	}
	return fmt.Errorf("%s has no keys below it", at)
}

// setInStage changes the name, kind or approval of a stage, or one of the settings of its
// kind. A stage of another kind keeps the settings that both kinds have.
func setInStage(s *Stage, key string, rest []string, at, text string) error {
	switch {
	case key == "kind" && len(rest) == 0:
		return s.become(Kind(text))
	case slices.Contains(stageKeys(""), key):
		v := reflect.ValueOf(s).Elem()
		field, _ := fieldOf(v.Type(), key)
		return setAt(v.FieldByIndex(field.Index), rest, join(at, key), text)
	}
	settings := s.settings()
	if !settings.IsValid() {
		valid := s.Kind.words()
		return fmt.Errorf("%s.kind is %q; %svalid: %s", at, s.Kind, spelling.DidYouMean(string(s.Kind), valid), strings.Join(valid, ", "))
	}
	field, ok := fieldOf(settings.Type().Elem(), key)
	if !ok {
		return errors.New(unknownInStage(at, key, s.Kind).String())
	}
	return setAt(settings.Elem().FieldByIndex(field.Index), rest, join(at, key), text)
}

// setInMap changes a member of a map of datasets or of numbers. A dataset must
// be there already: a new one would be used by nothing.
func setInMap(v reflect.Value, key string, rest []string, at, text string) error {
	member := reflect.New(v.Type().Elem()).Elem()
	name := reflect.ValueOf(key).Convert(v.Type().Key())
	old := v.MapIndex(name)
	if old.IsValid() {
		member.Set(old)
	} else if member.Kind() == reflect.Struct {
		return errors.New(unknown(at, key, sortedKeys(v.Interface().(map[string]Dataset))).String())
	}
	if err := setAt(member, rest, join(at, key), text); err != nil {
		return err
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	v.SetMapIndex(name, member)
	return nil
}

// indexOf finds a list's member by number or, in lists of named things, by name.
func indexOf(v reflect.Value, key string) (int, []string) {
	var valid []string
	for i := range v.Len() {
		name := strconv.Itoa(i)
		if v.Index(i).Kind() == reflect.Struct {
			if f := v.Index(i).FieldByName("Name"); f.IsValid() {
				if f.String() == key {
					return i, nil
				}
				name = f.String()
			}
		}
		if strconv.Itoa(i) == key {
			return i, nil
		}
		valid = append(valid, name)
	}
	if len(valid) == 0 {
		valid = []string{"nothing, the list is empty"}
	}
	return -1, valid
}

// setValue reads text as v's type.
func setValue(v reflect.Value, at, text string) error {
	if d, ok := v.Addr().Interface().(*Dataset); ok && !strings.HasPrefix(strings.TrimSpace(text), "{") {
		d.URI, d.FileOf = text, ""
		return nil
	}
	if p, ok := v.Addr().Interface().(**Parent); ok && !strings.HasPrefix(strings.TrimSpace(text), "{") && text != "null" {
		run, stage, _ := strings.Cut(text, "@")
		*p = &Parent{Run: run, Stage: stage}
		return nil
	}
	if v.Kind() == reflect.String {
		v.SetString(text)
		return nil
	}
	canonical, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return fmt.Errorf("%q cannot be read: %w", text, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(canonical))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return fmt.Errorf("%q cannot be read: %w", text, err)
	}
	c := treeChecker{}
	c.check(tree, v.Type(), at)
	if faults := append(c.unknown, c.mistyped...); len(faults) > 0 {
		return fmt.Errorf("%w", &FaultsError{Faults: faults})
	}
	fresh := reflect.New(v.Type())
	if err := json.Unmarshal(canonical, fresh.Interface()); err != nil {
		return fmt.Errorf("%q cannot be read: %w", text, err)
	}
	v.Set(fresh.Elem())
	return nil
}
