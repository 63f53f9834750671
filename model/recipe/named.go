package recipe

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"temper/model/library/spelling"
	"temper/model/library/yamlfolder"
)

//go:embed named/*.yaml
var namedFiles embed.FS

// Names lists the named recipes, sorted.
func Names() []string { return yamlfolder.Names(namedFiles, "named") }

// Text is the YAML of the recipe with a name.
func Text(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("there is no recipe named %q; %svalid: %s", name, spelling.DidYouMean(name, Names()), strings.Join(Names(), ", "))
	}
	data, err := namedFiles.ReadFile("named/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("recipe %s: %w", name, err)
	}
	return data, nil
}

// Named returns the recipe with a name. It is not validated: one that reads the
// user's files is complete only when Set has said where they are.
func Named(name string) (Recipe, error) {
	data, err := Text(name)
	if err != nil {
		return Recipe{}, err
	}
	r, err := Parse(data)
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe %s: %w", name, err)
	}
	return r, nil
}
