package recipe

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Setting is a value by which a stage acts.
type Setting struct {
	// Path is its key in the stage, as in optimizer.state; Value is its text.
	Path, Value string
	// Default says that the recipe leaves it out.
	Default bool
}

// Settings are values that belong together: of a stage, a benchmark or the whole run.
type Settings struct {
	Name   string
	Values []Setting
}

// Effective are all values by which the run acts, stage by stage and then for all of them: also those that
// the recipe leaves out, with what stands for them.
func (r Recipe) Effective() []Settings {
	var all []Settings
	for _, s := range r.Stages {
		all = append(all, Settings{s.Name, s.effective()})
	}
	for _, group := range []struct {
		name   string
		values any
	}{{"temperature_search", r.TemperatureSearch}, {"programs", r.Programs}, {"guard", r.Guard}, {"numerics", r.Numerics}} {
		all = append(all, Settings{group.name, flat("", reflect.ValueOf(group.values), nil)})
	}
	for _, b := range r.Evaluation.Benchmarks {
		all = append(all, Settings{"benchmark " + b.Name, flat("", reflect.ValueOf(b), nil)})
	}
	return all
}

// effective are the values of a stage.
func (s Stage) effective() []Setting {
	settings := s.settings()
	if !settings.IsValid() || settings.IsNil() {
		return nil
	}
	given := flat("", settings.Elem(), nil)
	if s.RL == nil {
		return given
	}
	acting := *s.RL
	acting.Objective = acting.Objective.WithDefaults()
	values := flat("", reflect.ValueOf(acting), nil)
	for i := range values { // the objective's defaults are its own
		values[i].Default = given[i].Default
	}
	return slices.DeleteFunc(values, func(v Setting) bool { return !acts(acting.Objective.Kind, v.Path) })
}

// acts says whether an objective of a kind has a setting: some blocks belong to other kinds.
func acts(kind, path string) bool {
	owners := map[string]string{"value": "ppo", "nft": "nft", "uft": "uft", "srft": "srft", "chord": "chord"}
	block, ok := strings.CutPrefix(path, "objective.")
	block, _, _ = strings.Cut(block, ".")
	return !ok || cmp.Or(owners[block], kind) == kind
}

// flat appends the values of a struct, in the order of its fields. Of alternatives that are pointers only
// what is given acts.
func flat(at string, v reflect.Value, all []Setting) []Setting {
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return all
	case v.Kind() == reflect.Pointer:
		return flat(at, v.Elem(), all)
	case v.Kind() == reflect.Slice && v.Len() > 0 && isGroup(v.Type().Elem()):
		for i := range v.Len() {
			all = flat(fmt.Sprintf("%s[%d]", at, i), v.Index(i), all)
		}
		return all
	case isGroup(v.Type()):
		for i := range v.NumField() {
			all = flat(join(at, keyOf(v.Type().Field(i))), v.Field(i), all)
		}
		return all
	}
	value := fmt.Sprint(v.Interface())
	if v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
		value = standsFor(at, v)
	}
	return append(all, Setting{at, value, v.IsZero()})
}

// isGroup says whether a type's values have keys of their own.
func isGroup(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[Temperature]()
}

// left are the words that stand for texts and lists that a recipe leaves out, by the end of their path.
var left = []struct{ path, value string }{
	{"pass_rate.from", FromLast}, {"from", FromLast}, {"evaluate_on", "all benchmarks"}, {"hand_on.policy", string(HandOnLast)},
	{"decontaminate.word_rule", string(WordLetters)}, {"golden.missing", string(LackingDropped)}, {"released.undated", string(LackingKept)},
	{"weak_tests.programs", "all"}, {"length.tokens", string(TokensPolicy)}, {"length.of", "the row's own response"},
	{"difficulty.of", "the levels that an earlier rule has written"}, {"keep", string(KeepAll)}, {"cut", string(CutKept)},
	{"user", "the recipe's prompt"}, {"system", "the recipe's prompt"}, {"extract", "programs.extract, or last"}, {"grading", string(GradingStrict)},
	{"compute", string(ComputeFloat32)}, {"backend", "the worker's"}, {"prompt", "the recipe's prompt"}, {"kind", "grpo"},
	{"action", string(GuardWarn)}, {"grader", "any"},
}

// standsFor is the text of a value that the recipe leaves out.
func standsFor(path string, v reflect.Value) string {
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
	default:
		return fmt.Sprint(v.Interface())
	}
	for _, l := range left {
		if path == l.path || strings.HasSuffix(path, "."+l.path) {
			return l.value
		}
	}
	return "none"
}
