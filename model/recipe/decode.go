package recipe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"temper/model/artifact"
	"temper/model/library/jsonkind"

	strictjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// Decode reads a recipe in YAML or JSON and validates it. Faults of the recipe
// itself (unknown keys, wrong types, bad values) come all at once in a
// *FaultsError; text that is not YAML or JSON gives the parser's error, which
// names the line.
//
// Workflows may call it: it is a pure function. The check of workflow code sees
// only that the parsers below range over maps.
//
//workflowcheck:ignore
func Decode(data []byte) (Recipe, error) {
	r, err := Parse(data)
	var faults *FaultsError
	if err != nil && !errors.As(err, &faults) {
		return Recipe{}, err
	}
	if faults != nil && faults.unreadable {
		return Recipe{}, err
	}
	if invalid := r.Validate(); invalid != nil {
		var more *FaultsError
		if errors.As(invalid, &more) {
			return Recipe{}, &FaultsError{Faults: append(faults.list(), more.Faults...)}
		}
		return Recipe{}, invalid
	}
	if err != nil {
		return Recipe{}, err
	}
	return r, nil
}

// Parse is Decode without Validate: for a recipe that Set completes first.
// Unknown keys and wrong types are refused here already; when there are only
// unknown keys the recipe is returned beside the error.
func Parse(data []byte) (Recipe, error) {
	canonical, faults, err := toJSON(data)
	if err != nil {
		return Recipe{}, err
	}
	decoder := json.NewDecoder(bytes.NewReader(canonical))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return Recipe{}, fmt.Errorf("decode recipe: %w", err)
	}
	unknown, mistyped := checkTree(tree)
	faults = append(append(faults, unknown...), mistyped...)
	if len(mistyped) > 0 {
		return Recipe{}, &FaultsError{Faults: faults, unreadable: true}
	}
	var r Recipe
	if err := json.Unmarshal(canonical, &r); err != nil {
		return Recipe{}, fmt.Errorf("decode recipe: %w", err)
	}
	r.fillDefaults()
	if len(faults) > 0 {
		return r, &FaultsError{Faults: faults}
	}
	return r, nil
}

// toJSON turns YAML into JSON and leaves JSON as it is. A key that stands twice
// is an error in both: one of the two values would be lost.
func toJSON(data []byte) ([]byte, []Fault, error) {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 {
		return nil, nil, errors.New("decode recipe: it is empty")
	}
	if name, advice := jsonkind.Form(trimmed); name != "" && !strings.HasPrefix(name, "UTF-") { // YAML may be UTF-16
		return nil, nil, fmt.Errorf("decode recipe: it is %s; valid: YAML or JSON (%s)", name, advice)
	}
	if trimmed[0] == '{' && json.Valid(trimmed) {
		if err := jsonkind.Check(trimmed); err != nil {
			return nil, nil, fmt.Errorf("decode recipe: %w", err)
		}
		var tree any
		duplicates, err := strictjson.UnmarshalStrict(trimmed, &tree, strictjson.DisallowDuplicateFields)
		if err != nil {
			return nil, nil, fmt.Errorf("decode recipe: %w", err)
		}
		var faults []Fault
		for _, d := range duplicates {
			field := d.Error()
			var at strictjson.FieldError
			if errors.As(d, &at) {
				field = at.FieldPath()
			}
			faults = append(faults, Fault{Field: field, Problem: "stands there twice"})
		}
		return trimmed, faults, nil
	}
	body := bytes.TrimPrefix(trimmed, []byte("---"))
	if bytes.Contains(body, []byte("\n---")) {
		return nil, nil, errors.New("decode recipe: the file holds more than one YAML document; a recipe is one")
	}
	canonical, err := yaml.YAMLToJSONStrict(trimmed)
	if err != nil {
		// The YAML parser reports several faults on several lines of one error.
		text := strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: ")), " ")
		return nil, nil, fmt.Errorf("decode recipe: %s", jsonkind.Clip(strings.TrimPrefix(text, "unmarshal errors: ")))
	}
	return canonical, nil, nil
}

// Digest is the SHA-256 of the recipe's JSON form: two recipes with the same
// values have the same digest, however they were written. What a run continues
// from is not part of it.
func (r Recipe) Digest() (string, error) {
	r.ContinueFrom = ""
	digest, err := artifact.Digest(r)
	if err != nil {
		return "", fmt.Errorf("recipe %s: %w", r.Name, err)
	}
	return digest, nil
}
