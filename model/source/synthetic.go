package source

import (
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/synthetic"
)

// synthesis is the generator of the newcomer's task, whose texts have a frame of their own.
var synthesis = Source{
	Name: "synthetic",
	Generate: func(name string, d recipe.Dataset, _ Frame, seed uint64) ([]dataset.Problem, []dataset.Example, error) {
		return synthetic.Generate(name, *d.Synthetic, seed)
	},
}
