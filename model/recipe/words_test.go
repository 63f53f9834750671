package recipe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// wordFields calls f with every value of a recipe that is a word, and its path.
func wordFields(v reflect.Value, path string, f func(path string, v reflect.Value)) {
	if _, ok := v.Interface().(word); ok {
		f(path, v)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			wordFields(v.Elem(), path, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			key := join(path, keyOf(v.Type().Field(i)))
			if v.Type() == reflect.TypeFor[Stage]() && v.Field(i).Kind() == reflect.Pointer { // its settings stand beside name and kind
				key = path
			}
			wordFields(v.Field(i), key, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			wordFields(v.Index(i), fmt.Sprintf("%s[%d]", path, i), f)
		}
	case reflect.Map: // what a map holds cannot be changed in place
		for _, key := range v.MapKeys() {
			member := reflect.New(v.Type().Elem()).Elem()
			member.Set(v.MapIndex(key))
			wordFields(member, join(path, key.String()), func(path string, w reflect.Value) {
				f(path, w)
				v.SetMapIndex(key, member)
			})
		}
	}
}

// TestEveryWordIsChecked: a word that its type does not have is refused by its field, with the words that it has.
func TestEveryWordIsChecked(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, name := range Names() {
		if strings.HasSuffix(name, "-scaled") || strings.HasSuffix(name, "-seed") {
			continue // they have the words of another
		}
		var paths []string
		r := withFiles(named(t, name))
		wordFields(reflect.ValueOf(&r).Elem(), "", func(path string, v reflect.Value) {
			// Data that are made have no file's format, and the halves of a preset are two domains alone.
			if v.Interface() != Format("") && !strings.HasSuffix(path, ".subset.domain") {
				paths = append(paths, path)
			}
		})
		data, err := Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range paths {
			var changed Recipe
			if err := json.Unmarshal(data, &changed); err != nil {
				t.Fatal(err)
			}
			var valid string
			wordFields(reflect.ValueOf(&changed).Elem(), "", func(path string, v reflect.Value) {
				if path == wrong {
					seen[v.Type()], valid = true, strings.Join(v.Interface().(word).words(), ", ")
					v.SetString("nonsense")
				}
			})
			if err := changed.Validate(); err == nil || !strings.Contains(err.Error(), wrong+` is "nonsense"; valid: `+valid) {
				t.Errorf("%s of %s: %v", wrong, name, err)
			}
		}
	}
	for _, w := range []word{Kind(""), Domain(""), Format(""), PromptFormat(""), CalculationPrompt(""), SyntheticKind(""), Schedule(""), Carried(""), GuardAction(""), Grading(""), Extract(""), Compute(""), GraphNotation(""), GraphTask("")} {
		if !seen[reflect.TypeOf(w)] {
			t.Errorf("no recipe has a %T", w)
		}
	}
}
