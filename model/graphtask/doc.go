// Package graphtask generates questions about random graphs and judges answers to them, as
// G1 (PKU-ML/Erdos) does: answers that are a value must equal it, sets are scored by their
// Jaccard similarity |a∩b|/|a∪b|, and where there are many solutions an algorithm checks
// the one given. Every answer is computed here from the graph; none is stored.
//
// A task of the table has a name, which recipes use, a question, a form of its answer, and
// a worked solution. To add one: a row of the table and its word in package recipe.
//
// # Notations
//
// English, for any vocabulary of words or bytes:
//
//	Here is an undirected graph containing nodes from 1 to 5. The edges are: (1, 2), (2, 3), (2, 5).
//	How many edges are on a shortest path from node 1 to node 5? You need to format your answer
//	as a whole number, inside \boxed{}.
//
// Compact, in characters of the synthetic vocabulary, for graphs of up to 9 nodes: two letters for
// the task, the number of nodes, what is asked about, the edges.
//
//	question df5(1,5):12,23,25?
//	response a1b2c35</think>\boxed{2}
//
// Demonstrations show intermediate results (here the nodes at distance 0, 1 and 2) before the answer.
//
// # Held-out graphs
//
// A fifth of all graphs, chosen by synthetic.HeldOut of their edges, is held out: no task
// of training data is about one of them.
//
// # What differs from G1
//
// Graphs are random (Erdős and Rényi's, over a spanning tree or path where the task needs
// one) rather than cut out of real networks, answers are computed by package library/graph
// rather than NetworkX, and there are 21 tasks of the 48 listed there.
package graphtask
