// Package advice writes the commands that messages advise, so that each works as
// it stands: it can be pasted into the terminal in which the message was read.
package advice

import (
	"os"
	"path/filepath"
	"strings"
)

// DefaultData is the data directory where none is named.
const DefaultData = ".temper"

// Program is how the starter can be called from where this program was called:
// bin/starter for bin/starter and for bin/worker, starter where the PATH finds it.
func Program() string {
	folder, _ := filepath.Split(os.Args[0])
	return folder + "starter"
}

// Command is a command of the starter, in backquotes, on a data directory.
func Command(data string, words ...string) string {
	line := []string{Program()}
	line = append(line, words...)
	if data != "" && filepath.Clean(data) != DefaultData {
		line = append(line, "--data", data)
	}
	return "`" + Line(line) + "`"
}

// Line is a command line for a shell.
func Line(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		if word == "" || strings.ContainsAny(word, " \t\n'\"$&|;<>(){}[]*?!#~\\`") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		quoted[i] = word
	}
	return strings.Join(quoted, " ")
}
