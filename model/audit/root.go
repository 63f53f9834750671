package audit

import (
	"temper/model/artifact"
	"temper/model/recipe"
)

// compareRoot compares the run's own input and result with its records.
func (w *walk) compareRoot(where string, e Execution) {
	if asked, err := recipe.Decode(e.Input); err != nil {
		w.report.NotChecked("the recipe in the history", where+": this version does not read it: "+err.Error())
	} else {
		asked.ContinueFrom = ""
		data, err := recipe.Encode(asked)
		if ref := artifact.RefOf(data); err == nil && ref != w.recipe.ref && !w.sameRecipe(asked) {
			w.find(ByHistory, where, "the run was started with recipe %s, and its records are of %s", ref.Short(), w.recipe.ref.Short())
		}
	}
	if e.Result == nil {
		return
	}
	result, err := readDocument(e.Result)
	if err != nil {
		return
	}
	if id := result.object("run"); id.text("id") != "" && (id.text("id") != w.run.ID || id.text("name") != w.run.Name) {
		w.find(ByHistory, where, "it ended as run %s, Run ID %s", id.text("name"), id.text("id"))
	}
	final, ok := result.ref("checkpoint")
	if d, _ := digestOf(final.SHA256); ok && len(w.made[d]) == 0 {
		w.find(ByHistory, where, "the run ended with checkpoint %s, which no record made", final.Short())
	}
	page, ok := result.ref("report")
	d, _ := digestOf(page.SHA256)
	if !ok || len(w.made[d]) == 0 {
		if ok {
			w.find(ByHistory, where, "the run ended with report %s, which no record made", page.Short())
		}
		return
	}
	for _, i := range w.made[d] {
		if w.records[i].key == w.final.key && final != w.report.Final.Checkpoint {
			w.find(ByHistory, where, "the run ended with checkpoint %s, and its report is of %s", final.Short(), w.report.Final.Checkpoint.Short())
		}
	}
}

// sameRecipe tells whether a recipe is the recorded one as this version reads it: an earlier one may have
// written it in another form.
func (w *walk) sameRecipe(asked recipe.Recipe) bool {
	recorded, err := recipe.Encode(w.recipe.whole)
	given, other := recipe.Encode(asked)
	return err == nil && other == nil && string(recorded) == string(given)
}
