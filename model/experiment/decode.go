package experiment

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"temper/model/library/jsonkind"
	"temper/model/library/spelling"
	"temper/model/recipe"

	strictjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Decode reads an experiment in YAML or JSON and checks it, but for its recipe, which Plan checks with every run's
// changes. The error says in a line what is wrong and what is valid.
//
// Workflows may call it: it is a pure function.
//
//workflowcheck:ignore
func Decode(data []byte) (Experiment, error) {
	var e Experiment
	text, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return e, fmt.Errorf("experiment: %s", jsonkind.Clip(strings.Join(strings.Fields(err.Error()), " ")))
	}
	faults, err := strictjson.UnmarshalStrict(text, &e)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped):
		return e, fmt.Errorf("experiment: %s is a %s; valid: what `starter experiment show` prints of a named one", cmp.Or(mistyped.Field, "the whole"), mistyped.Value)
	case err != nil:
		return e, fmt.Errorf("experiment: %s", jsonkind.Clip(strings.TrimPrefix(err.Error(), "json: ")))
	case len(faults) > 0:
		return e, unknown(faults[0])
	}
	return e, e.check()
}

// unknown says what is wrong with a key that is unknown or stands there twice.
func unknown(fault error) error {
	var at strictjson.FieldError
	if !errors.As(fault, &at) || !strings.Contains(fault.Error(), "unknown") {
		return fmt.Errorf("experiment: %s", jsonkind.Clip(fault.Error()))
	}
	path := at.FieldPath()
	of := reflect.TypeFor[Experiment]()
	switch list, _, _ := strings.Cut(path, "["); list {
	case "shared", "variants":
		of = reflect.TypeFor[Run]()
	case "claims":
		of = reflect.TypeFor[Claim]()
	case "sections":
		of = reflect.TypeFor[Section]()
	}
	var keys []string
	for _, f := range reflect.VisibleFields(of) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		keys = append(keys, key)
	}
	return fmt.Errorf("experiment: %s is unknown; %svalid: %s", jsonkind.Clip(path), spelling.DidYouMean(path[strings.LastIndexByte(path, '.')+1:], keys), strings.Join(keys, ", "))
}

// Encode is the experiment's JSON form.
func Encode(e Experiment) ([]byte, error) { return json.Marshal(e) }

func (e Experiment) check() error {
	if err := recipe.CheckName("name", e.Name); err != nil {
		return fmt.Errorf("experiment: %w", err)
	}
	for _, check := range []func() error{e.checkRuns, e.checkSeeds, e.checkClaims, e.checkSections} {
		if err := check(); err != nil {
			return fmt.Errorf("experiment %s: %w", e.Name, err)
		}
	}
	return nil
}

func (e Experiment) checkSeeds() error {
	if len(e.Seeds) == 0 {
		return errors.New("seeds is empty; valid: at least one number")
	}
	for i, seed := range e.Seeds {
		if slices.Contains(e.Seeds[:i], seed) {
			return fmt.Errorf("seeds has %d twice; valid: different numbers", seed)
		}
	}
	if e.AtOnce < 0 {
		return fmt.Errorf("at_once is %d; valid: at least 0", e.AtOnce)
	}
	return nil
}

// checkRuns wants different names, and parents that stand before their children.
func (e Experiment) checkRuns() error {
	if len(e.Variants) == 0 {
		return errors.New("variants is empty; valid: at least one run")
	}
	if e.Recipe == "" && e.Base == nil {
		return errors.New("recipe is missing; valid: a recipe's name or file")
	}
	if e.Benchmark == "" {
		return errors.New("benchmark is missing; valid: one of the recipe's")
	}
	var names []string
	for _, r := range e.Runs() {
		if err := recipe.CheckName("a run's name", r.Name); err != nil {
			return err
		}
		if slices.Contains(names, r.Name) {
			return fmt.Errorf("two runs have the name %q; valid: different names", r.Name)
		}
		if r.Parent != "" && !slices.Contains(names, r.Parent) {
			return fmt.Errorf("run %s has the parent %q; %svalid: a run before it: %s", r.Name, r.Parent, spelling.DidYouMean(r.Parent, names), strings.Join(names, ", "))
		}
		names = append(names, r.Name)
	}
	return nil
}

var metrics = []Metric{MetricAccuracy, MetricPass, MetricResponse, MetricReward, MetricEntropy, MetricLength, MetricSteps, MetricFLOPs}

func (e Experiment) checkClaims() error {
	for i, c := range e.Claims {
		at := fmt.Sprintf("claims[%d].", i)
		if c.Text == "" || c.Source == "" {
			return fmt.Errorf("%stext or source is missing; valid: what was found, and where that is printed", at)
		}
		if !slices.Contains(metrics, c.Metric) {
			return fmt.Errorf("%smetric is %q; %svalid: %s", at, c.Metric, spelling.DidYouMean(string(c.Metric), words(metrics)), strings.Join(words(metrics), ", "))
		}
		if c.Within < 0 {
			return fmt.Errorf("%swithin is %g; valid: at least 0", at, c.Within)
		}
		if err := errors.Join(e.named(at+"more", c.More), e.named(at+"less", c.Less)); err != nil {
			return err
		}
	}
	return nil
}

// axes is how many axes a kind of section has.
var axes = map[SectionKind]int{SectionScaling: 2, SectionCurve: 1, SectionTraining: 0, SectionFLOPs: 0, SectionPass: 0, SectionFlips: 0, SectionSimilarity: 0}

func (e Experiment) checkSections() error {
	for i, s := range e.Sections {
		at := fmt.Sprintf("sections[%d].", i)
		n, ok := axes[s.Kind]
		if !ok {
			kinds := []SectionKind{SectionScaling, SectionCurve, SectionTraining, SectionFLOPs, SectionPass, SectionFlips, SectionSimilarity}
			return fmt.Errorf("%skind is %q; %svalid: %s", at, s.Kind, spelling.DidYouMean(string(s.Kind), words(kinds)), strings.Join(words(kinds), ", "))
		}
		if len(s.X) != n {
			return fmt.Errorf("%sx has %d axes; valid with kind %s: %d", at, len(s.X), s.Kind, n)
		}
		for _, axis := range s.X {
			for _, r := range e.Variants {
				if r.X[axis] <= 0 {
					return fmt.Errorf("%sx is %q, of which variant %s has %g; valid: above 0", at, axis, r.Name, r.X[axis])
				}
			}
		}
		for _, pair := range s.Pairs {
			if len(pair) != 2 {
				return fmt.Errorf("%spairs has %v; valid: two runs, before and after", at, pair)
			}
			for _, name := range pair {
				if err := e.named(at+"pairs", name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// named checks the name of a run.
func (e Experiment) named(field, name string) error {
	var names []string
	for _, r := range e.Runs() {
		names = append(names, r.Name)
	}
	if slices.Contains(names, name) {
		return nil
	}
	return fmt.Errorf("%s is %q; %svalid: %s", field, name, spelling.DidYouMean(name, names), strings.Join(names, ", "))
}

func words[W ~string](list []W) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}
