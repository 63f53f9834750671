package curation

import (
	"fmt"

	"temper/model/recipe"
)

// The reasons of Released.
const (
	reasonEarly   = "released_before"
	reasonLate    = "released_after"
	reasonUndated = "undated"
)

// released leaves out rows that were published outside the rule's days, which compare as texts.
func released(rule recipe.Released, rows []Row) []Drop {
	return each(rows, func(row Row) (string, string) {
		switch {
		case row.Released == "" && rule.Undated == recipe.LackingDropped:
			return reasonUndated, ""
		case row.Released == "":
			return "", ""
		case row.Released < rule.From:
			return reasonEarly, row.Released
		case rule.Until != "" && row.Released > rule.Until:
			return reasonLate, row.Released
		}
		return "", ""
	})
}

// saysSomething is an error if no row says what the rule asks for: then it would do nothing, and nobody would know.
func saysSomething(rows []Row, what string, of func(Row) string) error {
	for _, row := range rows {
		if of(row) != "" {
			return nil
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return fmt.Errorf("none of its %d rows says %s", len(rows), what)
}
