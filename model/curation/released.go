package curation

import "temper/model/recipe"

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
