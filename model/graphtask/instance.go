package graphtask

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"temper/model/dataset"
	"temper/model/library/graph"
	"temper/model/library/jsonkind"
	"temper/model/recipe"
)

// MaxNodes bounds the graphs of problems, so that every answer is computed in milliseconds.
const MaxNodes = 35

// stored is an instance as a problem's fields hold it.
type stored struct {
	Task  recipe.GraphTask `json:"task"`
	Nodes int              `json:"nodes"`
	// Edges are pairs of nodes from 1, from the first to the second if the task's graphs are directed.
	Edges [][]int `json:"edges"`
	// About are the nodes that the question names, or the number of colours.
	About []int `json:"about,omitempty"`
}

// Instance is a task about one graph.
type Instance struct {
	task  task
	graph *graph.Graph
	about []int
	// planted is a path through all nodes that the graph was drawn with; nil if there is none.
	planted []int
	// answerOnly says that its demonstration shows no work.
	answerOnly bool
}

// Of reads the instance of a problem. The error says what the problem lacks.
func Of(p dataset.Problem) (Instance, error) {
	switch {
	case p.Answer != "":
		return Instance{}, errors.New(`field "answer" is of domain math; a problem of domain graph is judged by its graph, in field "fields"`)
	case p.Tests != nil:
		return Instance{}, errors.New(`field "tests" is of domain code; a problem of domain graph is judged by its graph, in field "fields"`)
	case p.Fields == nil:
		return Instance{}, errors.New(`field "fields" is missing, which holds the graph of a problem of domain graph`)
	}
	var s stored
	if err := jsonkind.DecodeKnown(p.Fields, &s); err != nil {
		return Instance{}, jsonkind.In("fields", err)
	}
	i, err := s.instance()
	if err != nil {
		return i, fmt.Errorf("fields: %w", err)
	}
	return i, nil
}

// instance checks that the question can be asked.
func (s stored) instance() (Instance, error) {
	at := slices.IndexFunc(table, func(t task) bool { return t.name == s.Task })
	if at < 0 {
		return Instance{}, fmt.Errorf("task is %q; valid: %s", s.Task, strings.Join(names(), ", "))
	}
	if s.Nodes > MaxNodes {
		return Instance{}, fmt.Errorf("nodes is %d; valid: 1 to %d", s.Nodes, MaxNodes)
	}
	edges := make([][2]int, len(s.Edges))
	for i, e := range s.Edges {
		if len(e) != 2 {
			return Instance{}, fmt.Errorf("edges[%d] has %d nodes; valid: 2", i, len(e))
		}
		edges[i] = [2]int{e[0], e[1]}
	}
	i := Instance{task: table[at], about: s.About}
	var err error
	if i.graph, err = graph.New(s.Nodes, i.task.directed, edges); err != nil {
		return i, err
	}
	if len(s.About) != i.task.asksAbout() {
		return i, fmt.Errorf("about has %d numbers; valid for %s: %d", len(s.About), s.Task, i.task.asksAbout())
	}
	if i.task.about != colours {
		if _, err := i.graph.CheckNodes(s.About); err != nil {
			return i, fmt.Errorf("about: %w", err)
		}
	}
	if i.task.suits != nil && !i.task.suits(i) {
		return i, fmt.Errorf("the graph is none for %s: %s", s.Task, i.task.wants)
	}
	return i, nil
}

// Fields are what a problem holds of the instance.
func (i Instance) Fields() json.RawMessage {
	s := stored{Task: i.task.name, Nodes: i.graph.Nodes(), Edges: [][]int{}, About: i.about}
	for _, e := range i.graph.Edges() {
		s.Edges = append(s.Edges, e[:])
	}
	data, err := json.Marshal(s)
	if err != nil { // numbers and a word have a JSON form
		panic(err)
	}
	return data
}

// identity tells graphs apart; it decides which are held out.
func (i Instance) identity() string {
	mark := "-"
	if i.task.directed {
		mark = ">"
	}
	text := fmt.Sprintf("g%d:", i.graph.Nodes())
	for _, e := range i.graph.Edges() {
		text += fmt.Sprintf("%d%s%d,", e[0], mark, e[1])
	}
	return strings.TrimSuffix(text, ",")
}

// ID tells questions apart.
func (i Instance) ID() string {
	text := string(i.task.name)
	for k, v := range i.about {
		text += fmt.Sprintf("%c%d", "(,"[min(k, 1)], v)
	}
	if len(i.about) > 0 {
		text += ")"
	}
	return text + " " + i.identity()
}
