package synthetic

import (
	"errors"
	"fmt"
	"slices"

	"temper/model/recipe"
)

// check returns an error that begins with the name of the field that is wrong.
func check(spec recipe.Synthetic) error {
	if !slices.Contains([]recipe.SyntheticKind{recipe.BaseText, recipe.Demonstrations, recipe.Problems}, spec.Kind) {
		return fmt.Errorf("kind: %q: valid values are %s, %s, %s", spec.Kind, recipe.BaseText, recipe.Demonstrations, recipe.Problems)
	}
	if !(spec.CodeFraction >= 0 && spec.CodeFraction <= 1) { // also refuses NaN
		return fmt.Errorf("code_fraction: %v: want 0 to 1", spec.CodeFraction)
	}
	if err := checkCount(spec); err != nil {
		return err
	}
	if len(spec.Operations) == 0 && spec.CodeFraction < 1 {
		return fmt.Errorf("operations: it is empty: want numbers from 1 to %d", len(labels))
	}
	for _, k := range spec.Operations {
		if k < 1 || k > len(labels) {
			return fmt.Errorf("operations: %d: want numbers from 1 to %d", k, len(labels))
		}
	}
	for _, depth := range spec.Depths {
		if depth < 1 || depth > maxDepth || depth == 1 && spec.HeldOut {
			return fmt.Errorf("depths: %d: want numbers from 1, or from 2 where they are held out, to %d", depth, maxDepth)
		}
	}
	return checkDemonstrations(spec)
}

// maxDepth is the largest number of atomic functions in a composition.
const maxDepth = 4

func checkCount(spec recipe.Synthetic) error {
	switch {
	case spec.Count > 0 || (spec.Count == 0 && spec.HeldOut && spec.CodeFraction == 1 && len(spec.Depths) == 0):
		return nil
	case spec.Count == 0 && spec.HeldOut:
		return errors.New("count: 0 takes all held-out problems, which needs code_fraction 1 and no depths: want at least 1")
	}
	return fmt.Errorf("count: %d: want at least 1", spec.Count)
}

// checkDemonstrations checks the fields that only demonstrations have.
func checkDemonstrations(spec recipe.Synthetic) error {
	if spec.Kind != recipe.Demonstrations {
		if len(spec.Styles) > 0 {
			return fmt.Errorf("styles: kind %s has no styles", spec.Kind)
		}
		if spec.ResponsesPerPrompt < 0 || spec.ResponsesPerPrompt > 1 {
			return fmt.Errorf("responses_per_prompt: %d: kind %s has one record per prompt", spec.ResponsesPerPrompt, spec.Kind)
		}
		return nil
	}
	if spec.ResponsesPerPrompt < 0 {
		return fmt.Errorf("responses_per_prompt: %d: want 0 (which means 1) or more", spec.ResponsesPerPrompt)
	}
	return checkStyles(spec.Styles)
}

// maxWeight keeps the sum of weights finite.
const maxWeight = 1e300

func checkStyles(styles map[recipe.Style]float64) error {
	const valid = "valid values are concise, verbose, guess"
	named := 0
	sum := 0.0
	for _, style := range styleOrder {
		weight, found := styles[style]
		if !(weight >= 0 && weight <= maxWeight) { // also refuses NaN
			return fmt.Errorf("styles: %s has the weight %v: want 0 or more", style, weight)
		}
		if found {
			named++
		}
		sum += weight
	}
	if named < len(styles) {
		return fmt.Errorf("styles: there is a style of another name: %s", valid)
	}
	if sum == 0 {
		return fmt.Errorf("styles: no style has a weight above 0: %s", valid)
	}
	return nil
}
