package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"temper/model/backend"
	"temper/model/transformer"
)

// valuedWeights are small weights with a value head that is not zero.
func valuedWeights() *transformer.Weights {
	w := smallWeights().WithValueHead(true)
	rng := rand.New(rand.NewPCG(7, 7))
	for _, t := range w.Tensors[len(w.Tensors)-2:] {
		for i := range t {
			t[i] = float32(rng.NormFloat64())
		}
	}
	return w
}

// allDerivatives are mixedRows with derivatives by entropy and value too, some of
// them where the log-probability has none.
func allDerivatives(n int) []Row {
	rows := mixedRows(5, n)
	rng := rand.New(rand.NewPCG(6, 1))
	for i := range rows {
		r := &rows[i]
		r.Entropies, r.Values = make([]float32, len(r.Tokens)), make([]float32, len(r.Tokens))
		for t := 2; t < len(r.Tokens); t++ {
			r.Entropies[t], r.Values[t] = float32(rng.NormFloat64()/20), float32(rng.NormFloat64()/10)
		}
	}
	return rows
}

// automatic are the gradients of what Row documents, by GoMLX's automatic
// differentiation on its own backend, row after row.
func automatic(t *testing.T, w *transformer.Weights, rows []Row, temperature float64) [][]float32 {
	t.Helper()
	b, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	sums := make([][]float32, len(w.Tensors))
	specs := w.Config.Params()
	for _, row := range rows {
		n := len(row.Tokens) - 1
		args := make([]any, 0, len(specs)+5)
		for i, s := range specs {
			args = append(args, tensors.FromFlatDataAndDimensions(w.Tensors[i], s.Shape...))
		}
		args = append(args, tensors.FromFlatDataAndDimensions(row.Tokens[:n], 1, n), tensors.FromFlatDataAndDimensions(row.Tokens[1:], n))
		for _, weights := range [][]float32{row.Weights, row.Entropies, row.Values} {
			if weights == nil {
				weights = make([]float32, n+1)
			}
			args = append(args, tensors.FromFlatDataAndDimensions(weights[1:], n))
		}
		exec, err := graph.NewExec(b, func(nodes []*graph.Node) []*graph.Node {
			params, rest := w.Config.Inputs(nodes), nodes[len(specs):]
			hidden := w.Config.Forward(params, transformer.Pass{Tokens: rest[0]})
			logp := graph.LogSoftmax(graph.DivScalar(graph.Reshape(w.Config.Logits(params, hidden), n, -1), temperature))
			entropy := graph.Neg(graph.ReduceSum(graph.Mul(graph.Exp(logp), logp), -1))
			chosen := graph.ReduceSum(graph.Mul(logp, graph.OneHot(rest[1], w.Config.VocabSize, dtypes.Float32)), -1)
			loss := graph.Sub(graph.ReduceAllSum(graph.Mul(rest[3], entropy)), graph.ReduceAllSum(graph.Mul(rest[2], chosen)))
			if w.Config.ValueHead {
				weight, bias := params["value_head.weight"], params["value_head.bias"]
				value := graph.Add(graph.ReduceSum(graph.Mul(graph.Reshape(hidden, n, -1), weight), -1), bias)
				loss = graph.Add(loss, graph.ReduceAllSum(graph.Mul(rest[4], value)))
			}
			return graph.Gradient(loss, nodes[:len(specs)]...)
		})
		if err != nil {
			t.Fatal(err)
		}
		grads, err := exec.Call(args...)
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range grads {
			flat, err := tensors.CopyFlatData[float32](g)
			if err != nil {
				t.Fatal(err)
			}
			if sums[i] == nil {
				sums[i] = make([]float32, len(flat))
			}
			for j, v := range flat {
				sums[i][j] += v
			}
		}
		exec.Finalize()
	}
	return sums
}

// The gradient of every kind of derivative, and of all together, is that of
// automatic differentiation, with micro-batches of any kind.
func TestDerivativesByEntropyAndValue(t *testing.T) {
	all := allDerivatives(7)
	for name, c := range map[string]struct {
		w    *transformer.Weights
		keep func(Row) Row
	}{
		"log-probability alone, beside a value head": {valuedWeights(), func(r Row) Row { return Row{Tokens: r.Tokens, Weights: r.Weights} }},
		"entropy": {smallWeights(), func(r Row) Row {
			return Row{Tokens: r.Tokens, Weights: make([]float32, len(r.Tokens)), Entropies: r.Entropies}
		}},
		"value": {valuedWeights(), func(r Row) Row {
			return Row{Tokens: r.Tokens, Weights: make([]float32, len(r.Tokens)), Values: r.Values}
		}},
		"all": {valuedWeights(), func(r Row) Row { return r }},
	} {
		t.Run(name, func(t *testing.T) {
			rows := make([]Row, len(all))
			for i, r := range all {
				rows[i] = c.keep(r)
			}
			want := automatic(t, c.w, rows, 0.8)
			for engine, eng := range engines(2) {
				tr := newTestTrainer(t, c.w, eng)
				if _, err := tr.gradients(t.Context(), rows, 0.8, nil); err != nil {
					t.Fatal(err)
				}
				for i, s := range c.w.Config.Params() {
					for j, v := range want[i] {
						if math.Abs(float64(tr.grads[i][j]-v)) > 2e-6+2e-5*math.Abs(float64(v)) {
							t.Fatalf("%s: %s[%d] is %v, want %v", engine, s.Name, j, tr.grads[i][j], v)
						}
					}
				}
				eng.Close()
			}
		})
	}
}

// Values that are scored are w·h + b, whatever the rows are packed with.
func TestScoredValues(t *testing.T) {
	w, rows := valuedWeights(), mixedRows(3, 6)
	var first []RowScores
	for name, eng := range engines(2) {
		scores, err := eng.LogProbs(t.Context(), w, rows, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range scores {
			if len(s.Values) != len(rows[i].Tokens) {
				t.Fatalf("%s: row %d has %d values for %d tokens", name, i, len(s.Values), len(rows[i].Tokens))
			}
			for j, v := range s.Values {
				if first != nil && math.Abs(float64(v-first[i].Values[j])) > 1e-5 {
					t.Errorf("%s: value %d of row %d is %v, elsewhere %v", name, j, i, v, first[i].Values[j])
				}
			}
		}
		first = scores
		eng.Close()
	}
	plain, err := engines(1)["plain"].LogProbs(t.Context(), w.WithValueHead(false), rows, 1, nil)
	if err != nil || plain[0].Values != nil {
		t.Errorf("without a value head: %v, %v", plain[0].Values, err)
	}
}
