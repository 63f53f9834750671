package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"temper/model/library/spelling"
	"temper/model/recipe"
)

// gradingFlag is the rules by which a domain's responses are judged.
func gradingFlag(cmd *cobra.Command, g *recipe.Grading, d recipe.Domain) {
	cmd.Flags().StringVar((*string)(g), "grading", string(*g), "`NAME` of the rules by which responses are judged: "+strings.Join(gradingsOf(d), ", "))
}

// checkGrading refuses rules that the domain does not have.
func checkGrading(g recipe.Grading, d recipe.Domain) error {
	valid := gradingsOf(d)
	if !slices.Contains(valid, string(g)) {
		return fmt.Errorf("--grading is %q; %svalid: %s", g, spelling.DidYouMean(string(g), valid), strings.Join(valid, ", "))
	}
	return nil
}

func gradingsOf(d recipe.Domain) (names []string) {
	for _, g := range recipe.GradingsOf(d) {
		names = append(names, string(g))
	}
	return names
}
