package recipe

import (
	"fmt"
	"slices"
)

// Graph asks the generator of graph tasks for data: questions about random graphs, with
// nodes numbered from 1.
type Graph struct {
	// Kind is "demonstrations" (prompts with worked responses) or "problems" (prompts
	// with what a response is judged by).
	Kind SyntheticKind `json:"kind"`
	// Count is how many prompts are drawn.
	Count int `json:"count"`
	// Tasks are what is asked, each as likely as the others; empty: everything.
	Tasks []GraphTask `json:"tasks,omitempty"`
	// MinNodes and MaxNodes bound the size of the graphs; G1's have 5 to 35 nodes.
	MinNodes int `json:"min_nodes"`
	MaxNodes int `json:"max_nodes"`
	// Notation is "english", as in G1's prompts, or "compact", which has only characters
	// of the synthetic vocabulary, for graphs of up to 9 nodes.
	Notation GraphNotation `json:"notation"`
	// AnswerOnly is the share of the demonstrations that respond with the answer alone.
	AnswerOnly float64 `json:"answer_only,omitempty"`
	// HeldOut draws from the held-out fifth of the graphs, without repeats; otherwise from the rest.
	HeldOut bool `json:"held_out,omitempty"`
	// Seed fixes the data whatever the run's seed; 0 derives it from the run's seed and the dataset's name.
	Seed uint64 `json:"seed,omitempty"`
}

// The sizes of graphs.
const (
	minGraphNodes = 5
	maxGraphNodes = 35
	// maxCompactNodes: a node is one digit in the compact notation.
	maxCompactNodes = 9
)

// GraphNotation is how a graph task is written.
type GraphNotation string

// The notations of graph tasks.
const (
	GraphEnglish GraphNotation = "english"
	GraphCompact GraphNotation = "compact"
)

func (GraphNotation) words() []string { return texts(GraphEnglish, GraphCompact) }

// GraphTask is what is asked about a graph: see package graphtask.
type GraphTask string

var graphTasks = []GraphTask{
	"edge-count", "degree", "has-edge", "connected", "component-count", "has-cycle", "bipartite",
	"triangle-count", "distance", "diameter", "clique-size",
	"neighbours", "common-neighbours", "isolated-nodes", "leaves", "cut-nodes",
	"topological-order", "hamiltonian-path", "shortest-path", "colouring", "spanning-tree",
}

// GraphTasks lists the words of a recipe for graph tasks.
func GraphTasks() []GraphTask { return slices.Clone(graphTasks) }

func (GraphTask) words() []string { return texts(graphTasks...) }

func (v *validator) graph(at string, g Graph) {
	v.word(at+"kind", g.Kind)
	v.check(at+"kind", g.Kind != BaseText, "is %q; valid: %s, %s", g.Kind, Demonstrations, Problems)
	v.atLeast(at+"count", g.Count, 1)
	for i, task := range g.Tasks {
		field := fmt.Sprintf("%stasks[%d]", at, i)
		v.word(field, task)
		v.check(field, !slices.Contains(g.Tasks[:i], task), "is %q, which stands there twice", task)
	}
	v.word(at+"notation", g.Notation)
	most := maxGraphNodes
	if g.Notation == GraphCompact {
		most = maxCompactNodes
	}
	v.check(at+"min_nodes", g.MinNodes >= minGraphNodes && g.MinNodes <= most, "is %d; valid: %d to %d", g.MinNodes, minGraphNodes, most)
	v.check(at+"max_nodes", g.MaxNodes >= g.MinNodes && g.MaxNodes <= most, "is %d; valid: min_nodes to %d", g.MaxNodes, most)
	v.between(at+"answer_only", g.AnswerOnly, 0, 1)
	v.check(at+"answer_only", g.AnswerOnly == 0 || g.Kind == Demonstrations, "is %g; valid: only for demonstrations", g.AnswerOnly)
	v.check(at+"seed", g.Seed <= maxSeed, "is %d; valid: 0 to %d", g.Seed, uint64(maxSeed))
	v.check(at+"notation", g.Notation != GraphEnglish || v.recipe.Tokenizer != "synthetic",
		`is "english", whose text the synthetic tokenizer cannot write; valid with it: compact; or tokenizer: bytes`)
}
