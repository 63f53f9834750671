package recipe

import (
	"encoding/json"
	"fmt"
)

// TokenizerBase is the tokenizer in the base model's folder.
const TokenizerBase = "base"

// CheckName refuses a name, of a run or an endpoint, that cannot be part of the keys and
// workflow IDs that a run makes: it names the field and says what is valid.
func CheckName(field, name string) error {
	if runNameForm.MatchString(name) {
		return nil
	}
	return fmt.Errorf("%s is %q; valid: 1 to 63 lower-case letters, digits, hyphens and dots between them, such as \"demo-2\"", field, name)
}

// Encode is the recipe's JSON form, as Decode reads it.
func Encode(r Recipe) ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode recipe: %w", err)
	}
	return data, nil
}
