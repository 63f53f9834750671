package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"temper/model/recipe"
)

// localFile reports whether a dataset is a file on this machine.
func localFile(d recipe.Dataset) bool { return d.URI != "" && !strings.Contains(d.URI, "://") }

func datasetNames(r recipe.Recipe) []string {
	names := make([]string, 0, len(r.Data))
	for name := range r.Data {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// absolutePaths makes the paths of local data files absolute.
func absolutePaths(r *recipe.Recipe) error {
	for _, name := range datasetNames(*r) {
		d := r.Data[name]
		if !localFile(d) {
			continue
		}
		path, err := filepath.Abs(d.URI)
		if err != nil {
			return fmt.Errorf("data.%s.uri: %w", name, err)
		}
		d.URI = path
		r.Data[name] = d
	}
	return nil
}

// checkDataFiles opens every local data file, before anything is started. It
// fits only where the worker runs on this machine.
func checkDataFiles(r recipe.Recipe) error {
	for _, name := range datasetNames(r) {
		d := r.Data[name]
		if !localFile(d) {
			continue
		}
		info, err := os.Stat(d.URI)
		if err == nil && info.IsDir() {
			err = &fs.PathError{Op: "open", Path: d.URI, Err: fmt.Errorf("it is a folder; valid: a JSONL file")}
		}
		if err == nil {
			var file *os.File
			if file, err = os.Open(d.URI); err == nil {
				err = file.Close()
			}
		}
		if err != nil {
			return fmt.Errorf("data.%s.uri: %w", name, err)
		}
	}
	return nil
}
