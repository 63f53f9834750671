package transformer

import (
	"fmt"
	"slices"
	"strings"
)

// architecture is what tells the supported kinds of decoder apart. Each has a file
// of its own; all name their parameters as Params does.
type architecture struct {
	modelType string // model_type in config.json
	family    string // what Hugging Face's classes begin with
	class     string // that of the language model, in architectures

	qkvBias       bool // query, key and value projections always have a bias
	attentionBias bool // attention_bias gives query, key, value and output projections one
	mlpBias       bool // mlp_bias gives gate, up and down projections one
	qkNorm        bool // every head of queries and keys passes an RMSNorm before it is turned

	// checkWindow refuses layers that see a window of the text only; nil where no
	// key of config.json asks for them.
	checkWindow func(f configFile, c Config) error
	defaults    Config // Hugging Face's values for keys that config.json leaves out
}

// architectures are the supported kinds. Hugging Face's configurations give
// defaults for sizes too; those are asked for, since a file that lacks them is
// more likely damaged than meant.
var architectures = []architecture{llama, mistral, qwen2, qwen3}

func findArchitecture(modelType string) (architecture, bool) {
	for _, a := range architectures {
		if a.modelType == modelType {
			return a, true
		}
	}
	return architecture{}, false
}

// architecture is that of a valid config.
func (c Config) architecture() architecture {
	a, _ := findArchitecture(c.ModelType)
	return a
}

// supportedModelTypes lists the model types with their classes.
func supportedModelTypes() string {
	var list []string
	for _, a := range architectures {
		list = append(list, fmt.Sprintf("%q (%s)", a.modelType, a.class))
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " and " + list[last]
}

// otherClasses end the names of the classes around the same decoder: the bare
// one, and those with another head, which is left out.
var otherClasses = []string{
	"Model", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForRewardModel", "ForProcessRewardModel",
	"ForCausalLMWithValueHead",
}

// checkClass refuses a class that is not of the architecture's family.
func (f configFile) checkClass(a architecture) error {
	for _, class := range f.Architectures {
		head, ok := strings.CutPrefix(class, a.family)
		if class != a.class && !(ok && slices.Contains(otherClasses, head)) {
			return fmt.Errorf("architectures has %q; model_type %q goes with %q, and supported are %s", class, f.ModelType, a.class, supportedModelTypes())
		}
	}
	return nil
}
