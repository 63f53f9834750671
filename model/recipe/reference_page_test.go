package recipe_test

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"temper/model/recipe"
)

// page is the reference for people, in Markdown.
func (r *reference) page() []byte {
	var out bytes.Buffer
	fmt.Fprint(&out, "# Recipe reference\n\nEvery field that a recipe can have, from the comments of the types in `model/recipe` and `model/objective`. "+
		"`starter recipe show NAME` prints a whole recipe with the source of each number, `starter recipe check FILE` finds all mistakes at once. "+
		"An editor that knows YAML completes fields with [the schema](recipe.schema.json) and this first line:\n\n"+
		"    # yaml-language-server: $schema=docs/recipe.schema.json\n")
	r.structs = []reflect.Type{reflect.TypeFor[recipe.Recipe]()}
	names, settings := kinds()
	r.section(&out, r.structs[0], "recipe")
	r.section(&out, reflect.TypeFor[recipe.Stage](), "a stage of any kind")
	for i, kind := range names {
		r.structs = append(r.structs, settings[i])
		r.section(&out, settings[i], "a stage of kind "+kind)
	}
	for i := 0; i < len(r.structs); i++ {
		if !slices.Contains(settings, r.structs[i]) && i > 0 {
			r.section(&out, r.structs[i], heading(r.structs[i]))
		}
	}
	return out.Bytes()
}

// heading is the name of a type's section.
func heading(t reflect.Type) string {
	words := regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(t.Name(), "$1 $2")
	return strings.ToLower(words) + map[bool]string{true: " of an objective"}[strings.HasPrefix(t.String(), "objective.")]
}

// section writes a table of a struct's fields, and notes the structs that they hold.
func (r *reference) section(out *bytes.Buffer, t reflect.Type, name string) {
	fmt.Fprintf(out, "\n## %s%s\n\n", strings.ToUpper(name[:1]), name[1:])
	if text := r.comments[t.String()]; text != "" {
		fmt.Fprintf(out, "%s\n\n", text)
	}
	fmt.Fprint(out, "| field | value | meaning |\n|---|---|---|\n")
	members := r.members(t)
	for i, m := range members {
		comment := m.comment
		if comment == "" || i > 0 && comment == members[i-1].comment {
			comment = map[bool]string{true: "as above"}[comment != ""]
		}
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", m.key, r.value(m.of), strings.ReplaceAll(comment, "|", `\|`))
	}
}

// value says what a value is.
func (r *reference) value(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[recipe.Temperature]():
		return "number, or `search`"
	case reflect.TypeFor[recipe.Stage]():
		return "stage: one of the kinds below"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return r.value(t.Elem())
	case reflect.Struct:
		if !slices.Contains(r.structs, t) {
			r.structs = append(r.structs, t)
		}
		name := heading(t)
		return fmt.Sprintf("[%s](#%s)", name, strings.ReplaceAll(name, " ", "-"))
	case reflect.Map:
		return "name: " + r.value(t.Elem())
	case reflect.Slice:
		return "list of " + r.value(t.Elem())
	case reflect.String:
		if words := r.words[t.String()]; len(words) > 0 {
			return "`" + strings.Join(words, "`, `") + "`"
		}
		return "text"
	case reflect.Bool:
		return "`true` or `false`"
	case reflect.Float32, reflect.Float64:
		return "number"
	}
	return "whole number"
}
