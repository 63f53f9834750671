package jsonlines

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/library/spelling"
)

// through are the fields that every command lets through: an ID of the user's,
// and what the commands read and add, so that each reads what another wrote.
var through = []string{
	"id", "text", "messages", "ids", "prompt", "response", "responses", "logprobs", "entropy",
	"gold", "pred", "code", "tests", "verdict", "extracted", "reason", "grader", "error", "line",
}

// settings are fields of one command or another that change what it does: where
// one has no effect it is a mistake.
var settings = []string{"max_tokens", "temperature", "top_p", "top_k", "tools", "add_generation_prompt", "limits"}

// Help, put into a command's help, says which fields go through.
const (
	Help = `other fields
go through, but for one that is nearly the name of a field, or a setting that the
command does not read: it is refused (unless with --pass).`
	StrictHelp = `id and
the fields of the other commands go through, and any other is refused (unless with --pass).`
)

// PassUsage is the usage of the flag --pass.
const PassUsage = "let all fields through that the command does not read"

// checkFields refuses fields that are taken for mistakes.
func (l *Line) checkFields(o Options) error {
	if o.Pass {
		return nil
	}
	for _, f := range l.fields {
		if slices.Contains(o.Fields, f.name) || slices.Contains(through, f.name) || !o.Strict && !misspelt(f.name, o.Fields) {
			continue
		}
		return fmt.Errorf("the field %.60q is unknown here; %svalid: %s, id; with --pass any field goes through",
			f.name, spelling.DidYouMean(f.name, o.Fields), strings.Join(o.Fields, ", "))
	}
	return nil
}

// misspelt reports whether a name is that of a setting, or nearly that of a field.
// Short names are near to too much.
func misspelt(name string, fields []string) bool {
	if len(fields) == 0 || len(name) < 4 {
		return false
	}
	return slices.Contains(settings, name) || spelling.Nearest(name, slices.Concat(fields, settings)) != ""
}
