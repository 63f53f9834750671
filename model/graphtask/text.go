package graphtask

import (
	"fmt"
	"strings"

	"temper/model/recipe"
)

// Question is the whole question about the graph.
func (i Instance) Question(n recipe.GraphNotation) string {
	if n == recipe.GraphCompact {
		return i.compactQuestion()
	}
	kind, edges := "an undirected", "are"
	if i.task.directed {
		kind, edges = "a directed", "lead from the first node to the second and are"
	}
	var list []string
	for _, e := range i.graph.Edges() {
		list = append(list, fmt.Sprintf("(%d, %d)", e[0], e[1]))
	}
	graph := fmt.Sprintf("The edges %s: %s.", edges, strings.Join(list, ", "))
	if len(list) == 0 {
		graph = "There are no edges."
	}
	about := make([]any, len(i.about))
	for k, v := range i.about {
		about[k] = v
	}
	return fmt.Sprintf("Here is %s graph containing nodes from 1 to %d. %s %s You need to format your answer as %s, inside \\boxed{}.",
		kind, i.graph.Nodes(), graph, fmt.Sprintf(i.task.ask, about...), i.task.form.english())
}

// compactQuestion is like "df5(1,5):12,23,25?".
func (i Instance) compactQuestion() string {
	text := fmt.Sprintf("%s%d", i.task.code, i.graph.Nodes())
	if len(i.about) > 0 {
		text += "(" + joined(i.about, ",") + ")"
	}
	var edges []string
	for _, e := range i.graph.Edges() {
		edges = append(edges, joined(e[:], ""))
	}
	return text + ":" + strings.Join(edges, ",") + "?"
}

// english says how an answer is written.
func (f form) english() string {
	return []string{
		number:     "a whole number",
		yesNo:      "Yes or No",
		set:        "a list of nodes in any order, such as [1, 2], or as [] if there are none",
		sequence:   "a list of nodes in their order, such as [1, 2]",
		colourList: "a list of the colours of all nodes from 1 on, such as [1, 2]",
		edgeList:   "a list of edges, such as [(1, 2), (2, 3)]",
	}[f]
}

// Answer is a right answer, as it stands in the box.
func (i Instance) Answer(n recipe.GraphNotation) string {
	answer := i.task.solve(i)
	if n == recipe.GraphCompact {
		if len(answer) == 0 {
			return "[]"
		}
		return joined(answer, ",")
	}
	switch i.task.form {
	case number:
		return fmt.Sprint(answer[0])
	case yesNo:
		return []string{"No", "Yes"}[answer[0]]
	case edgeList:
		var edges []string
		for _, e := range pairs(answer) {
			edges = append(edges, fmt.Sprintf("(%d, %d)", e[0], e[1]))
		}
		return "[" + strings.Join(edges, ", ") + "]"
	}
	return "[" + joined(answer, ", ") + "]"
}

// Work is the intermediate results. In the compact notation each has a letter, and its numbers follow without
// commas: "a1b2c35". It is "" for the share of demonstrations that answer at once.
func (i Instance) Work(n recipe.GraphNotation) string {
	const letters = "abcdefx"
	if i.answerOnly {
		return ""
	}
	var text strings.Builder
	for k, note := range i.task.work(i) {
		lists := make([]string, len(note.lists))
		for j, list := range note.lists {
			switch {
			case n == recipe.GraphCompact:
				lists[j] = joined(list, "")
			case !note.tuple:
				lists[j] = joined(list, ", ")
			default:
				lists[j] = "(" + joined(list, ", ") + ")"
			}
		}
		if n == recipe.GraphCompact {
			fmt.Fprintf(&text, "%c%s", letters[k%len(letters)], strings.Join(lists, ","))
			continue
		}
		all := strings.Join(lists, ", ")
		if all == "" {
			all = "none"
		}
		fmt.Fprintf(&text, "%s: %s.\n", note.words, all)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func joined(numbers []int, by string) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	return strings.Join(texts, by)
}
