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
	d, rows := in.Dataset, 0
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
	return problems, examples, nil
}
