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

// loadFiles reads the files of a dataset one after another. Rows without a name of their own
// are named after their file too where there are several.
func (a *Activities) loadFiles(ctx context.Context, in PrepareDataInput, frame source.Frame) (problems []dataset.Problem, examples []dataset.Example, err error) {
	field := "data." + in.Name
	files, err := a.dataFiles(ctx, field, in.Dataset)
	if err != nil {
		return nil, nil, err
	}
	if frame.Only, err = a.selection(ctx, field, in.Dataset); err != nil {
		return nil, nil, err
	}
	d, rows := in.Dataset, 0
	if d.Selects() {
		d.Limit = 0 // it counts what is selected
	}
	frame.Read = func() { rows++ }
	for _, uri := range files {
		if len(files) > 1 {
			frame.File = uri[strings.LastIndexByte(uri, '/')+1:]
		}
		data, err := a.readRows(ctx, field, uri)
		if err != nil {
			return nil, nil, err
		}
		done := liveness.Expect(ctx, time.Duration(len(data)/slowestBytes)*time.Second)
		p, e, err := source.Load(field+": "+uri, d, data, frame)
		done()
		if err != nil {
			return nil, nil, UserErrorf("%v", err)
		}
		problems, examples = append(problems, p...), append(examples, e...)
		if d.Limit > 0 {
			if d.Limit = in.Dataset.Limit - rows; d.Limit == 0 {
				break
			}
		}
	}
	if missing := frame.Only.Missing(); missing != "" {
		return nil, nil, UserErrorf("%s.ids: %s: %s", field, in.Dataset.IDs.URI, missing)
	}
	if n := in.Dataset.Limit; n > 0 && in.Dataset.Selects() {
		problems, examples = problems[:min(n, len(problems))], examples[:min(n, len(examples))]
	}
	return problems, examples, nil
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
