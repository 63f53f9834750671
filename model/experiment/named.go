package experiment

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

// Names lists the named experiments, sorted.
func Names() []string { return yamlfolder.Names(namedFiles, "named") }

// Text is the YAML of the experiment with a name.
func Text(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("there is no experiment named %q; %svalid: %s", name, spelling.DidYouMean(name, Names()), strings.Join(Names(), ", "))
	}
	return namedFiles.ReadFile("named/" + name + ".yaml")
}
