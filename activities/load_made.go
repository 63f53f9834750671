package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"temper/activities/records"
	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

// inputMade is the name under which a dataset's record lists what it was taken over from.
const inputMade = "made"

// loadMade hands on the rows of a dataset that another run has made.
func (a *Activities) loadMade(ctx context.Context, in PrepareDataInput, m *artifact.Manifest, keep keepRecords) error {
	made, err := a.findMade(ctx, in)
	if err != nil {
		return err
	}
	m.Inputs = map[string]artifact.Ref{}
	if ref := made.Problems; !ref.IsZero() {
		m.Inputs[inputMade+"_"+artifact.OutputProblems] = ref
		problems, err := rows.Open(ctx, a.Store, &a.shelf, rows.Problems, ref)
		if err != nil {
			return err
		}
		err = problems.Each(ctx, func(_ int, p dataset.Problem, _ []byte) error {
			return keep([]dataset.Problem{p}, nil)
		})
		if err != nil {
			return err
		}
	}
	if made.Examples.IsZero() {
		return nil
	}
	m.Inputs[inputMade+"_"+artifact.OutputExamples] = made.Examples
	examples, err := rows.Open(ctx, a.Store, &a.shelf, rows.Examples, made.Examples)
	if err != nil {
		return err
	}
	return examples.Each(ctx, func(_ int, e dataset.Example, _ []byte) error { return keep(nil, []dataset.Example{e}) })
}

// findMade looks for what a dataset's made names. What is not there is a user's mistake.
func (a *Activities) findMade(ctx context.Context, in PrepareDataInput) (Dataset, error) {
	made, at := *in.Dataset.Made, "data."+in.Name+".made"
	manifests, _, err := records.All(ctx, a.Store, artifact.RunID{Name: made.Run, ID: made.ID})
	if err != nil {
		return Dataset{}, fmt.Errorf("find the records of run %s: %w", made.Run, err)
	}
	var names, digests []string
	var found Dataset
	for _, m := range manifests {
		switch {
		case m.Kind == artifact.KindRecipe:
			if err := a.samePrompts(ctx, in, m); err != nil {
				return Dataset{}, err
			}
		case !isDataset(m):
		case m.Name != made.Data:
			names = append(names, m.Name)
		case datasetOf(m).Digest() != made.SHA256:
			digests = append(digests, datasetOf(m).Digest())
		default:
			found = datasetOf(m)
		}
	}
	switch {
	case found != Dataset{}:
		return found, nil
	case len(manifests) == 0:
		return found, UserErrorf("%s is of run %s, Run ID %s, which has recorded nothing in the store; valid: a run that has made it", at, made.Run, made.ID)
	case len(digests) > 0:
		return found, UserErrorf("%s.sha256 is %q, which run %s has not made of %s; valid: %s", at, made.SHA256, made.Run, made.Data, records.Few(digests))
	}
	return found, UserErrorf("%s.data is %q, which run %s has not made; valid: %s", at, made.Data, made.Run, records.Few(names))
}

// isDataset says whether a record is of a dataset as a run has it at some time.
func isDataset(m artifact.Manifest) bool {
	return (m.Kind == artifact.KindDataset || m.Kind == artifact.KindCuration) && datasetOf(m).Digest() != ""
}

// samePrompts refuses a dataset whose prompts another recipe has made in another way.
func (a *Activities) samePrompts(ctx context.Context, in PrepareDataInput, recorded artifact.Manifest) error {
	data, err := a.Store.Get(ctx, recorded.Outputs[artifact.OutputRecipe])
	if err != nil {
		return err
	}
	var was recipe.Recipe // of whatever version: what this one does not know is left out
	if err := json.Unmarshal(data, &was); err != nil {
		return fmt.Errorf("read the recipe of run %s: %w", in.Dataset.Made.Run, err)
	}
	if there := was.PromptOf(was.Origin(in.Dataset.Made.Data)); !reflect.DeepEqual(there, in.Prompt) {
		return UserErrorf("data.%s.made is of run %s, whose recipe has another prompt; valid: the same prompt, of which the dataset's prompts are made", in.Name, in.Dataset.Made.Run)
	}
	return nil
}

// NewestMade is the newest dataset of a name in a run's records, for whoever has to name it.
func NewestMade(manifests []artifact.Manifest, name string) (digest string, err error) {
	var newest artifact.Manifest
	var names []string
	for _, m := range manifests {
		if !isDataset(m) {
			continue
		}
		names = append(names, m.Name)
		if m.Name == name && (newest.Kind == "" || m.Work.Ended.After(newest.Work.Ended)) {
			newest = m
		}
	}
	if newest.Kind == "" {
		return "", errors.New("valid: " + strings.Join(names, ", "))
	}
	return datasetOf(newest).Digest(), nil
}
