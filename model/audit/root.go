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
	w.compareSeal(where, result)
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

// compareSeal compares the record of the page, and where the run's result says that its chain ends, with what is there.
func (w *walk) compareSeal(where string, result document) {
	var ended struct {
		Seal artifact.Seal `json:"seal"`
		Link artifact.Link `json:"link"`
	}
	if err := result.into(&ended); err != nil || ended.Seal.IsZero() {
		return
	}
	at, there := w.byKey[ended.Link.Key]
	switch d, _ := digestOf(ended.Link.SHA256); {
	case !there:
		w.find(ByHistory, where, "the run ended with the record %s, which is not there", ended.Link.Key)
	case w.records[at].digest != d:
		w.find(ByHistory, ended.Link.Key, "%s: the run ended with this record of digest %.12s, and it is another", where, ended.Link.SHA256)
	case w.chain.seals[ended.Link.Key] != ended.Seal:
		w.find(ByHistory, ended.Link.Key, "%s: the run ended with the head %.12s of its chain, and the record has another", where, ended.Seal.Head)
	}
}
