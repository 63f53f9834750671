package recipe

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// What stands beside a number whose text says nothing, and beside a value that is
// another than in the text.
const (
	ownSource     = "this recipe's own choice"
	changedSource = "given with --set"
)

// ShowYAML writes the whole recipe as YAML, in the order of its fields, with its
// source beside each number and whatever else has one. Sources are those of the
// text that the recipe was read from. What it writes decodes to the same recipe.
func ShowYAML(r Recipe, sources Sources) ([]byte, error) {
	root, err := treeOf(r)
	if err != nil {
		return nil, err
	}
	block(root)
	supplied := r.supplied()
	var comments []string
	leaves(root, "", "", func(path string, leaf *yaml.Node, _ string) {
		was := sources[path]
		text := was.text
		if was.value != valueOf(leaf) { // not as the text has it
			text = cmp.Or(supplied.of(path, leaf), text)
		}
		switch {
		case text == "" && isText(leaf), leaf.ShortTag() == "!!null", leaf.ShortTag() == "!!seq" && len(leaf.Content) == 0:
			return
		case text == "":
			text = ownSource
		case was.value != valueOf(leaf) && supplied.of(path, leaf) == "":
			text = changedSource
		}
		leaf.LineComment = "# " + text
		comments = append(comments, leaf.LineComment)
	})
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("recipe %s as YAML: %w", r.Name, err)
	}
	return align(out.String(), comments), nil
}

// block writes groups over several lines, but for lists of numbers and what is empty.
func block(n *yaml.Node) {
	n.Style = 0
	switch {
	case n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "\n"):
		n.Style = yaml.DoubleQuotedStyle
	case n.Kind == yaml.SequenceNode && !isList(n), n.Kind == yaml.MappingNode && len(n.Content) == 0:
		n.Style = yaml.FlowStyle
	}
	for _, child := range n.Content {
		block(child)
	}
}

// align puts the comments, which are those of the lines in order, into one column.
func align(text string, comments []string) []byte {
	const longest = 48 // lines that are longer have their comment where they end
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	beside := make([]string, len(lines))
	width := 0
	for i, line := range lines {
		if len(comments) == 0 {
			break
		}
		before, ok := strings.CutSuffix(line, " "+comments[0])
		if !ok {
			continue
		}
		lines[i], beside[i], comments = before, comments[0], comments[1:]
		if n := utf8.RuneCountInString(before); n <= longest {
			width = max(width, n)
		}
	}
	var b strings.Builder
	for i, line := range lines {
		b.WriteString(line)
		if beside[i] != "" {
			b.WriteString(strings.Repeat(" ", max(0, width-utf8.RuneCountInString(line))) + "  " + beside[i])
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}
