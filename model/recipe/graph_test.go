package recipe

import "testing"

// TestValidateGraph changes one thing of a good recipe of graph tasks at a time.
func TestValidateGraph(t *testing.T) {
	const at = "data.problems.graph."
	for set, want := range map[string][]string{
		at + "kind=base-text": {`data.problems.graph.kind is "base-text"; valid: demonstrations, problems`,
			`stages[1].data is "problems", which holds base-text; valid: a dataset of problems`},
		at + "count=0":               {"data.problems.graph.count is 0; valid: at least 1"},
		at + "tasks=[degre]":         {`data.problems.graph.tasks[0] is "degre"; did you mean degree? valid: edge-count, degree, has-edge, connected, component-count, has-cycle, bipartite, triangle-count, distance, diameter, clique-size, neighbours, common-neighbours, isolated-nodes, leaves, cut-nodes, topological-order, hamiltonian-path, shortest-path, colouring, spanning-tree`},
		at + "tasks=[leaves,leaves]": {`data.problems.graph.tasks[1] is "leaves", which stands there twice`},
		at + "min_nodes=4":           {"data.problems.graph.min_nodes is 4; valid: 5 to 9"},
		at + "max_nodes=10":          {"data.problems.graph.max_nodes is 10; valid: min_nodes to 9"},
		at + "max_nodes=4":           {"data.problems.graph.max_nodes is 4; valid: min_nodes to 9"},
		at + "answer_only=0.5":       {"data.problems.graph.answer_only is 0.5; valid: only for demonstrations"},
		at + "seed=9007199254740992": {"data.problems.graph.seed is 9007199254740992; valid: 0 to 9007199254740991"},
		at + "notation=english":      {`data.problems.graph.notation is "english", whose text the synthetic tokenizer cannot write; valid with it: compact; or tokenizer: bytes`},
		at + "held_out=true":         {`stages[1].data is "problems", which is held out for evaluation; valid: a dataset without held_out`},
		"data.problems=/x.jsonl":     {"data.problems is both graph and a file; valid: either graph, or uri with format, limit and calculations"},
		"data.problems.synthetic={kind: problems, count: 40, operations: [2]}": {
			"data.problems is both synthetic and graph; valid: one of them"},
		"stages[1].domain=math":                           {`stages[1].data is "problems", of graph tasks; valid for domain math: another dataset`},
		"data.problems={uri: /x.jsonl, format: problems}": {`stages[1].data is "problems", a file; valid for domain graph: a dataset of graph`},
		"data.problems={synthetic: {kind: problems, count: 40, operations: [2]}}": {
			`stages[1].data is "problems", which is synthetic; valid for domain graph: a dataset of graph`},
		"stages[1].data=demonstrations": {`stages[1].data is "demonstrations", which holds demonstrations; valid: a dataset of problems`},
		"stages[0].data=problems":       {`stages[0].data is "problems", which holds problems; valid: a dataset of base-text or demonstrations`},
		"stages[1].problems_per_step=9999": {`stages[1].problems_per_step is 9999, more than the 1600 problems of "problems"`,
			"stages[1].shards is 2, which does not divide problems_per_step 9999; valid: 1, 3, 9, 11, 33, 99, 101, 303, 909, 1111, 3333, …"},
	} {
		r := named(t, "graph-tiny")
		if err := Set(&r, set); err != nil {
			t.Fatal(err)
		}
		wantLines(t, r.Validate(), want...)
	}
	r := named(t, "graph-tiny")
	r.Tokenizer, r.Data["problems"].Graph.Notation, r.Data["problems"].Graph.MaxNodes = "bytes", GraphEnglish, 35
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
	if r.RunsPrograms() {
		t.Error("graph tasks need no sandbox")
	}
}
