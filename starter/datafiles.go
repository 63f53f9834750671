package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"temper/model/pretrained"
	"temper/model/recipe"
)

// localPlace is a file or folder on this machine that a recipe names.
type localPlace struct {
	field string
	path  *string
	// folder and file say what it may be; a tokenizer may be either.
	folder, file bool
	// holds are files of which a folder must have one.
	holds []string
	// valid says what the place may be.
	valid string
}

// localPlaces lists those outside of the datasets.
func localPlaces(r *recipe.Recipe) []localPlace {
	if r.Parent != nil { // whose model and tokenizer are in the store
		return nil
	}
	var places []localPlace
	add := func(p localPlace) {
		if *p.path != "" && !strings.Contains(*p.path, "://") {
			places = append(places, p)
		}
	}
	add(localPlace{field: "model.base", path: &r.Model.Base, folder: true, holds: []string{pretrained.ConfigName},
		valid: "a folder with config.json and safetensors files, or s3://BUCKET/FOLDER"})
	if strings.ContainsAny(r.Tokenizer, "/.") { // anything else is a word, and the recipe's check knows those
		add(localPlace{field: "tokenizer", path: &r.Tokenizer, folder: true, file: true, holds: pretrained.TokenizerNames,
			valid: "base, bytes, synthetic, a tokenizer.json or .bin file, a folder with one, or s3://BUCKET/FOLDER"})
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
		if d.IDs != nil && d.IDs.URI != "" && !strings.Contains(d.IDs.URI, "://") {
			ids := *d.IDs
			if err := do(localPlace{path: &ids.URI, file: true, valid: "a file that lists names of problems, or s3://BUCKET/KEY"}); err != nil {
				return fmt.Errorf("data.%s.ids.uri: %w", name, err)
			}
			d.IDs = &ids
			r.Data[name] = d
		}
		if d.URI == "" || strings.Contains(d.URI, "://") {
			continue
		}
		if err := do(localPlace{path: &d.URI, file: true, valid: "a file of JSON lines, gzip, zstd or Parquet (--set data." + name + "=FILE), or s3://BUCKET/KEY"}); err != nil {
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
		if folder, matches, several := (recipe.Dataset{URI: *p.path}).Several(); several && p.file && !p.folder {
			return checkSeveral(*p.path, folder, matches)
		}
		info, err := os.Stat(*p.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s: no such file or folder; valid: %s", *p.path, p.valid)
		case err != nil:
			return err
		case info.IsDir() && !p.folder:
			return fmt.Errorf("%s is a folder; valid: %s", *p.path, p.valid)
		case !info.IsDir() && !p.file:
			return fmt.Errorf("%s is a file; valid: %s", *p.path, p.valid)
		case info.IsDir() && !holds(*p.path, p.holds):
			return fmt.Errorf("%s has none of %s; valid: %s", *p.path, strings.Join(p.holds, ", "), p.valid)
		}
		file, err := os.Open(*p.path)
		if err != nil {
			return err
		}
		return file.Close()
	})
}

// checkSeveral looks for a file of a dataset that has several.
func checkSeveral(path, folder string, matches func(string) bool) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && matches(e.Name()) }) {
		return fmt.Errorf("%s: no such file; valid: a pattern that some file in %s matches", path, folder)
	}
	return nil
}

// holds reports whether a folder has one of the files.
func holds(folder string, files []string) bool {
	return slices.ContainsFunc(files, func(name string) bool {
		_, err := os.Stat(filepath.Join(folder, name))
		return err == nil
	})
}
