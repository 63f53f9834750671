package transformer

import "github.com/gomlx/gomlx/core/graph"

// States runs the decoder and returns what goes into every layer and, last, what the final norm makes of
// the last one's output, each [B*S, hidden]: Hugging Face's hidden_states.
func (c Config) States(p Nodes, pass Pass) []*graph.Node {
	states, _ := newNetwork(c, p, pass).forward()
	return states
}
