package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"temper/model/recipe"
	"temper/model/tokenizer"
)

// localPlace is a file or folder on this machine that a recipe names.
type localPlace struct {
	field string
	path  *string
	// folder says whether it is a folder; a tokenizer may be either.
	folder, file bool
}

// localPlaces lists those outside of the datasets.
func localPlaces(r *recipe.Recipe) []localPlace {
	var places []localPlace
	add := func(p localPlace) {
		if *p.path != "" && !strings.Contains(*p.path, "://") {
			places = append(places, p)
		}
	}
	add(localPlace{field: "model.base", path: &r.Model.Base, folder: true})
	if !slices.Contains([]string{recipe.TokenizerBase, tokenizer.Synthetic, tokenizer.Bytes}, r.Tokenizer) {
		add(localPlace{field: "tokenizer", path: &r.Tokenizer, folder: true, file: true})
	}
	return places
}

func datasetNames(r recipe.Recipe) []string {
	names := make([]string, 0, len(r.Data))
	for name := range r.Data {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// eachPlace calls do for every file and folder on this machine that the recipe
// names, and keeps what do makes of the path.
func eachPlace(r *recipe.Recipe, do func(localPlace) error) error {
	for _, p := range localPlaces(r) {
		if err := do(p); err != nil {
			return fmt.Errorf("%s: %w", p.field, err)
		}
	}
	for _, name := range datasetNames(*r) {
		d := r.Data[name]
		if d.URI == "" || strings.Contains(d.URI, "://") {
			continue
		}
		if err := do(localPlace{path: &d.URI, file: true}); err != nil {
			return fmt.Errorf("data.%s.uri: %w", name, err)
		}
		r.Data[name] = d
	}
	return nil
}

// absolutePaths makes the paths of local files and folders absolute.
func absolutePaths(r *recipe.Recipe) error {
	return eachPlace(r, func(p localPlace) (err error) {
		*p.path, err = filepath.Abs(*p.path)
		return err
	})
}

// checkFiles looks at every local file and folder, before anything is started.
// It fits only where the worker runs on this machine.
func checkFiles(r recipe.Recipe) error {
	return eachPlace(&r, func(p localPlace) error {
		info, err := os.Stat(*p.path)
		switch {
		case err != nil:
			return err
		case info.IsDir() && !p.folder:
			return &fs.PathError{Op: "open", Path: *p.path, Err: fmt.Errorf("it is a folder; valid: a JSONL file")}
		case !info.IsDir() && !p.file:
			return &fs.PathError{Op: "open", Path: *p.path, Err: fmt.Errorf("it is a file; valid: a folder with config.json and safetensors files")}
		}
		file, err := os.Open(*p.path)
		if err != nil {
			return err
		}
		return file.Close()
	})
}
