package activities

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"temper/activities/liveness"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/source"
)

// CheckDataInput names the datasets of a recipe that are read from files.
type CheckDataInput struct {
	Run    artifact.RunID            `json:"run"`
	Data   map[string]recipe.Dataset `json:"data"`
	Prompt recipe.Prompt             `json:"prompt"`
	// Domains are those of the stages and benchmarks that use a dataset, by its name.
	Domains map[string]recipe.Domain `json:"domains,omitempty"`
	// Asked are the datasets whose problems are only asked, of a teacher.
	Asked map[string]bool `json:"asked,omitempty"`
}

// headBytes is how much of a file CheckData reads, and of what it unpacks to. A first line that is longer is not looked into.
const headBytes = 1 << 20

// CheckData looks at every file that PrepareData will read, on a worker that reads
// them, so that a wrong path is known before any work is done: the file is there,
// can be read, and begins with a line of its format and domain. It records nothing, and names
// all that is wrong at once.
func (a *Activities) CheckData(ctx context.Context, in CheckDataInput) error {
	names := make([]string, 0, len(in.Data))
	for name := range in.Data {
		names = append(names, name)
	}
	slices.Sort(names)
	var wrong []string
	for _, name := range names {
		_, err := alive(ctx, a.Hung, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, a.checkFiles(ctx, name, in)
		})
		if err != nil && !errors.Is(err, ErrUser) {
			return classify(ctx, "check data."+name, err)
		}
		if err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	if len(wrong) > 0 {
		return classify(ctx, "check data", UserErrorf("%s", strings.Join(wrong, "; ")))
	}
	return nil
}

// checkFiles looks at each file of a dataset.
func (a *Activities) checkFiles(ctx context.Context, name string, in CheckDataInput) error {
	files, err := a.dataFiles(ctx, "data."+name, in.Data[name])
	if err != nil {
		return err
	}
	if _, err := a.selection(ctx, "data."+name, in.Data[name]); err != nil {
		return err
	}
	for _, uri := range files {
		if err := a.checkFile(ctx, name, uri, in); err != nil {
			return err
		}
		liveness.Done(ctx)
	}
	return nil
}

func (a *Activities) checkFile(ctx context.Context, name, uri string, in CheckDataInput) error {
	d := in.Data[name]
	head, more, err := a.readFirstRows(ctx, "data."+name, uri)
	if err != nil || more && len(head) == 0 {
		return err
	}
	// What the tokenizer reserves is looked for when it is known, by PrepareData.
	frame := source.Frame{Prompt: in.Prompt.Texts(), Domain: in.Domains[name], Asked: in.Asked[name], Chat: func(_, user string) (string, error) { return user, nil }}
	if !d.SkipBadRows {
		d.Limit = 1
	}
	_, _, err = source.Load("data."+name+": "+uri, d, head, frame)
	cut := more && (errors.Is(err, source.ErrNoRow) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) // an array goes on
	if err != nil && !cut {
		return UserErrorf("%v (on worker %s)", err, a.Worker)
	}
	return nil
}
