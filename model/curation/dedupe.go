package curation

import "temper/model/recipe"

// The reasons of Dedupe.
const (
	reasonRepeated  = "repeated"
	reasonElsewhere = "in_other_dataset"
)

// dedupe leaves out rows that ask what was asked before: the same question and, of
// examples, the same response too, or a question of another dataset.
func dedupe(rule recipe.Dedupe, rows []Row, given Given) []Drop {
	elsewhere := map[string]string{} // normalised question: where it stands
	for _, name := range rule.Across {
		for _, row := range given.Others[name] {
			elsewhere[normalised(row.Question)] = name + " " + row.ID
		}
	}
	type said struct{ question, response string }
	first := map[said]string{}
	return each(rows, func(row Row) (string, string) {
		question := normalised(row.Question)
		if where, ok := elsewhere[question]; ok {
			return reasonElsewhere, where
		}
		key := said{question, row.Response}
		if id, ok := first[key]; ok {
			return reasonRepeated, id
		}
		first[key] = row.ID
		return "", ""
	})
}
