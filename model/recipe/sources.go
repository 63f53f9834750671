package recipe

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Sources say where the values of a recipe come from, by path (members of lists
// by name, as in stages.math-short.steps): the comment beside a value in the
// recipe's text or, for a number without one, beside the group that it stands in.
// A value that the text leaves out has the source of its default.
type Sources map[string]source

// source is a value as it was read, and where it comes from ("" if the text does not say).
type source struct{ value, text string }

// SourcesOf reads the sources of a recipe's text, in YAML (in JSON there are none).
func SourcesOf(text []byte) (Sources, error) {
	r, err := Parse(text)
	if err != nil {
		return nil, err
	}
	recipeTree, err := treeOf(r)
	if err != nil {
		return nil, err
	}
	var textTree yaml.Node
	if err := yaml.Unmarshal(text, &textTree); err != nil {
		return nil, fmt.Errorf("read the comments of recipe %s: %w", r.Name, err)
	}
	sources, supplied := Sources{}, r.supplied()
	leaves(recipeTree, "", "", func(path string, leaf *yaml.Node, _ string) {
		sources[path] = source{value: valueOf(leaf), text: cmp.Or(defaultSource(path), supplied.of(path, leaf))}
	})
	leaves(&textTree, "", "", func(path string, _ *yaml.Node, comment string) {
		sources[path] = source{value: sources[path].value, text: comment}
	})
	return sources, nil
}

// of is the source of a value; "" if there is none, or that of another value.
func (s Sources) of(path string, leaf *yaml.Node) string {
	if s[path].value != valueOf(leaf) {
		return ""
	}
	return s[path].text
}

// treeOf is the recipe as YAML, its floating-point numbers without exponents.
func treeOf(r Recipe) (*yaml.Node, error) {
	data, err := Encode(r)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil { // JSON is YAML
		return nil, fmt.Errorf("recipe %s as YAML: %w", r.Name, err)
	}
	leaves(&document, "", "", func(_ string, leaf *yaml.Node, _ string) { plain(leaf) })
	return document.Content[0], nil
}

// leaves calls f with each value of a tree that is no group, in order, with its
// path and the comment beside it or, for what is no text, beside its group.
func leaves(n *yaml.Node, path, group string, f func(path string, leaf *yaml.Node, comment string)) {
	switch {
	case n.Kind == yaml.DocumentNode:
		leaves(n.Content[0], path, group, f)
	case n.Kind == yaml.AliasNode:
		leaves(n.Alias, path, group, f)
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			own := commentOf(key, value)
			if !isText(value) {
				own = cmp.Or(own, group)
			}
			leaves(value, join(path, key.Value), own, f)
		}
	case isList(n):
		for i, member := range n.Content {
			leaves(member, join(path, cmp.Or(nameOf(member), strconv.Itoa(i))), cmp.Or(commentOf(member), group), f)
		}
	default:
		f(path, n, group)
	}
}

// commentOf is the first comment on the line of one of the nodes.
func commentOf(nodes ...*yaml.Node) string {
	for _, n := range nodes {
		if n.LineComment != "" {
			return strings.TrimSpace(strings.TrimLeft(n.LineComment, "#"))
		}
	}
	return ""
}

// isText says of a value whether it names something and is no number, of which a group's comment speaks.
func isText(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" }

// isList says whether a node is a list of groups; a list of numbers is one value.
func isList(n *yaml.Node) bool {
	return n.Kind == yaml.SequenceNode && len(n.Content) > 0 && n.Content[0].Kind != yaml.ScalarNode
}

// nameOf is the name of a list's member, or else the benchmark that it is; "" if it has neither.
func nameOf(member *yaml.Node) string {
	if member.Kind == yaml.AliasNode {
		member = member.Alias
	}
	for _, key := range []string{"name", "benchmark"} {
		for i := 0; i+1 < len(member.Content); i += 2 {
			if member.Content[i].Value == key {
				return member.Content[i+1].Value
			}
		}
	}
	return ""
}

// valueOf is a value as one text, for comparison.
func valueOf(leaf *yaml.Node) string {
	if leaf.Kind != yaml.SequenceNode {
		return leaf.Value
	}
	items := make([]string, len(leaf.Content))
	for i, item := range leaf.Content {
		items[i] = item.Value
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// plain writes a number without an exponent: some YAML readers take 1e-06 for text.
func plain(n *yaml.Node) {
	for _, item := range n.Content {
		plain(item)
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!float" {
		if x, err := json.Number(n.Value).Float64(); err == nil {
			n.Value = strconv.FormatFloat(x, 'f', -1, 64)
		}
	}
}
