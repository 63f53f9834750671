package report

import (
	"fmt"
	"slices"

	"temper/model/recipe"
)

// Entry is a line of the table of contents.
type Entry struct{ ID, Title string }

// stageID is the id of an RL stage's section.
func stageID(stage int) string { return fmt.Sprintf("stage-%d", stage) }

// Contents are the page's sections, in their order.
func (r Run) Contents() []Entry {
	entries := []Entry{{"accuracy", "Accuracy"}, {"figures", "In figures"}}
	add := func(there bool, id, title string) {
		if there {
			entries = append(entries, Entry{id, title})
		}
	}
	add(len(wholeCharts(r)) > 0, "whole", "The whole run")
	add(r.Supervised(), "supervised", "Supervised stages")
	add(len(r.Curations()) > 0, "curation", "Curation")
	for i, s := range r.Stages {
		add(s.RL != nil || len(s.Reward) > 0, stageID(i), s.Name)
	}
	add(slices.ContainsFunc(r.Accuracy, AccuracyRow.measured), "evaluations", "Evaluations")
	add(len(r.Samples) > 0, "samples", "Samples")
	return append(entries, Entry{"time", "Time and tokens"}, Entry{"compute", "Compute"}, Entry{"recipe", "Recipe"}, Entry{appendixID, "Records"})
}

// Curations are the stages that curate a dataset.
func (r Run) Curations() []Stage {
	return slices.DeleteFunc(slices.Clone(r.Stages), func(s Stage) bool { return s.Curate == nil })
}

// Numbered is a stage with its number among those that have updates.
type Numbered struct {
	Number int
	Name   string
}

// Trained are the stages that have updates, as the charts of the whole run number them.
func (r Run) Trained() []Numbered {
	var all []Numbered
	for i, s := range r.spans() {
		all = append(all, Numbered{i + 1, s.Name})
	}
	return all
}

// recipeText is the recipe as YAML. The sources of its numbers are those of the named recipe that it is or was made from.
func recipeText(r recipe.Recipe) (string, error) {
	var sources recipe.Sources
	if text, err := recipe.Text(r.Name); err == nil { // a recipe of the user's has none
		if sources, err = recipe.SourcesOf(text); err != nil {
			return "", err
		}
	}
	text, err := recipe.ShowYAML(r, sources)
	return string(text), err
}
