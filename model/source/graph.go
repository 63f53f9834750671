package source

import (
	"fmt"

	"temper/model/dataset"
	"temper/model/graphtask"
	"temper/model/recipe"
	"temper/model/reward/domain"
)

// graphs is the generator of questions about random graphs.
var graphs = Source{
	Name: "graph",
	Generate: func(name string, d recipe.Dataset, frame Frame, seed uint64) (problems []dataset.Problem, examples []dataset.Example, err error) {
		spec := *d.Graph
		instances, err := graphtask.Draw(name, spec, seed)
		if err != nil {
			return nil, nil, err
		}
		asked, err := domain.Of(recipe.DomainGraph)
		if err != nil {
			return nil, nil, err
		}
		for n, i := range instances {
			question := i.Question(spec.Notation)
			prompt, err := frame.PromptFor(asked, question, "")
			if err != nil {
				return nil, nil, err
			}
			if spec.Kind == recipe.Problems {
				problems = append(problems, dataset.Problem{ID: i.ID(), Domain: asked.Name, Question: question, Prompt: prompt, Fields: i.Fields()})
				continue
			}
			examples = append(examples, dataset.Example{
				ID: fmt.Sprintf("%s/%d", i.ID(), n), Question: question, Prompt: prompt, Response: frame.Response(i.Work(spec.Notation), i.Answer(spec.Notation)),
			})
		}
		return problems, examples, nil
	},
}
