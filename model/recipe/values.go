package recipe

import (
	"encoding/json"
	"fmt"
)

// The words of a recipe that the rest of temper acts on.
const (
	DomainMath = "math"
	DomainCode = "code"
	// DomainActivity is judged by an activity of the user's: see Reward.
	DomainActivity = "activity"

	// The formats of data files: see Dataset.Format.
	FormatGSM8K    = "gsm8k"
	FormatProblems = "problems"
	FormatExamples = "examples"

	// TokenizerBase is the tokenizer in the base model's folder.
	TokenizerBase = "base"
)

// CheckName refuses a name that cannot be part of the keys and workflow IDs that
// a run makes: it names the field and says what is valid.
func CheckName(field, name string) error {
	if nameForm.MatchString(name) {
		return nil
	}
	return fmt.Errorf("%s is %q; valid: 1 to 63 lower-case letters, digits and hyphens, such as \"demo-2\"", field, name)
}

// Encode is the recipe's JSON form, as Decode reads it.
func Encode(r Recipe) ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode recipe: %w", err)
	}
	return data, nil
}
