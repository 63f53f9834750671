package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"temper/activities/liveness"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/source"
)

// dataFiles are the files of a dataset, in the order of their names.
func (a *Activities) dataFiles(ctx context.Context, field string, d recipe.Dataset) ([]string, error) {
	folder, matches, several := d.Several()
	if !several {
		return []string{d.URI}, nil
	}
	names, err := a.Sources.ListFolder(ctx, folder)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !matches(name) })
	if len(names) == 0 {
		return nil, UserErrorf("%s: no file is %s (on worker %s)", field, d.URI, a.Worker)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = strings.TrimSuffix(folder, "/") + "/" + name
	}
	return names, nil
}

// keepRecords takes the problems and examples of a row.
type keepRecords = func([]dataset.Problem, []dataset.Example) error

// loadFiles reads the files of a dataset one after another, row by row. Rows without a name of
// their own are named after their file too where there are several.
func (a *Activities) loadFiles(ctx context.Context, in PrepareDataInput, frame source.Frame, keep keepRecords) error {
	field := "data." + in.Name
	files, err := a.dataFiles(ctx, field, in.Dataset)
	if err != nil {
		return err
	}
	if frame.Only, err = a.selection(ctx, field, in.Dataset); err != nil {
		return err
	}
	d, rows := in.Dataset, 0
	if d.Selects() {
		if d.Limit > 0 {
			keep = firstOf(d.Limit, keep)
		}
		d.Limit = 0 // it counts what is selected
	}
	frame.Read = func() { rows++ }
	for _, uri := range files {
		if len(files) > 1 {
			frame.File = uri[strings.LastIndexByte(uri, '/')+1:]
		}
		if err := a.loadFile(ctx, field, uri, d, frame, keep); err != nil {
			return err
		}
		if d.Limit > 0 {
			if d.Limit = in.Dataset.Limit - rows; d.Limit == 0 {
				break
			}
		}
	}
	if missing := frame.Only.Missing(); missing != "" {
		return UserErrorf("%s.ids: %s: %s", field, in.Dataset.IDs.URI, missing)
	}
	return nil
}

// sayEvery is after how many rows it is said how far the reading is.
const sayEvery = 10_000

// loadFile reads a file row by row.
func (a *Activities) loadFile(ctx context.Context, field, uri string, d recipe.Dataset, frame source.Frame, keep keepRecords) error {
	file, err := a.openRows(ctx, field, uri)
	if err != nil {
		return err
	}
	defer file.Close()
	defer liveness.Expect(ctx, source.MaxRow/slowestBytes*time.Second)()
	var failed error // of keep
	used := 0
	err = source.Read(field+": "+uri, d, file, frame, func(p []dataset.Problem, e []dataset.Example) error {
		liveness.Done(ctx)
		if used++; used%sayEvery == 0 {
			liveness.Say(ctx, fmt.Sprintf("%s: %s: %d rows used, %s read", field, uri, used, file.howFar()))
		}
		if failed = ctx.Err(); failed == nil {
			failed = keep(p, e)
		}
		return failed
	})
	switch {
	case err == nil || failed != nil:
		return failed
	case file.file.fault != nil:
		return fmt.Errorf("%s: %s: %w", field, uri, file.file.fault)
	}
	return UserErrorf("%v", err)
}

// firstOf keeps the first n problems, and the first n examples.
func firstOf(n int, keep keepRecords) keepRecords {
	problems, examples := n, n
	return func(p []dataset.Problem, e []dataset.Example) error {
		p, e = p[:min(problems, len(p))], e[:min(examples, len(e))]
		problems, examples = problems-len(p), examples-len(e)
		return keep(p, e)
	}
}

// selection is which rows are read, nil for all.
func (a *Activities) selection(ctx context.Context, field string, d recipe.Dataset) (source.Selection, error) {
	if d.IDs == nil {
		return nil, nil
	}
	data, err := a.Sources.ReadURI(ctx, d.IDs.URI)
	if err != nil {
		return nil, fmt.Errorf("%s.ids: %w", field, err)
	}
	ids, err := source.IDs(data, d.IDs.List)
	if err != nil {
		return nil, UserErrorf("%s.ids: %s: %v (on worker %s)", field, d.IDs.URI, err, a.Worker)
	}
	return source.NewSelection(ids), nil
}
