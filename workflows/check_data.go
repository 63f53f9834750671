package workflows

import (
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/recipe"
)

// checkFiles has a worker look at the data files that the recipe names, before
// anything is computed.
func (r *run) checkFiles(ctx workflow.Context) error {
	files, domains, asked := map[string]recipe.Dataset{}, map[string]recipe.Domain{}, map[string]bool{}
	for _, name := range workflow.DeterministicKeys(r.recipe.Data) {
		d := r.recipe.Dataset(name)
		if _, drawn := d.Drawn(); !drawn && d.Made == nil {
			files[name], domains[name] = d, r.recipe.DomainOf(name)
			if r.recipe.OnlyAsked(name) {
				asked[name] = true
			}
		}
	}
	if len(files) == 0 || workflow.GetVersion(ctx, "check-data", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return nil
	}
	return workflow.ExecuteActivity(firstOfRun(onControl(ctx, "look at the data files")), acts.CheckData,
		activities.CheckDataInput{Run: r.id, Data: files, Prompt: r.recipe.Prompt, Domains: domains, Asked: asked}).Get(ctx, nil)
}
