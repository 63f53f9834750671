package conversation

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"temper/model/tokenizer/chat"
)

// TemplateFlags are those that set a chat template.
type TemplateFlags struct {
	variables []string
	date      string
}

// Add adds the flags to a command.
func (f *TemplateFlags) Add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.variables, "variable", nil, "a further variable of the chat template, `NAME=JSON`, such as enable_thinking=false; may be given several times")
	cmd.Flags().StringVar(&f.date, "date", "", "the `YYYY-MM-DD` that a chat template gets where it asks for today's date")
}

// Settings are what the flags say.
func (f *TemplateFlags) Settings() (chat.Settings, error) {
	variables := map[string]string{}
	for _, variable := range f.variables {
		name, value, ok := strings.Cut(variable, "=")
		if !ok || name == "" {
			return chat.Settings{}, fmt.Errorf("--variable %q; valid: NAME=JSON, such as enable_thinking=false", variable)
		}
		variables[name] = value
	}
	settings, err := chat.NewSettings(variables, f.date)
	if err != nil {
		return chat.Settings{}, fmt.Errorf("--%w", err)
	}
	return settings, nil
}
