package experiment

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"temper/model/library/spelling"
)

//go:embed named/*.yaml
var namedFiles embed.FS

// Names lists the named experiments, sorted.
func Names() []string {
	entries, err := namedFiles.ReadDir("named")
	if err != nil { // the folder is part of the program
		panic(fmt.Sprintf("named experiments: %v", err))
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	slices.Sort(names)
	return names
}

// Text is the YAML of the experiment with a name.
func Text(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("there is no experiment named %q; %svalid: %s", name, spelling.DidYouMean(name, Names()), strings.Join(Names(), ", "))
	}
	return namedFiles.ReadFile("named/" + name + ".yaml")
}
