// Package yamlfolder lists tables that are folders of YAML files, a file for each entry.
package yamlfolder

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Names lists the entries of a folder, sorted: its files' names without their ending. The folder is part of the
// program, so that it panics where there is none.
func Names(files fs.FS, folder string) []string {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		panic(fmt.Sprintf("folder of the program: %v", err))
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	slices.Sort(names) // 1.0.yaml stands after 1.0-scaled.yaml, and 1.0 before 1.0-scaled
	return names
}
