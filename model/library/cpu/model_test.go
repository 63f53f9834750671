package cpu_test

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	_ "temper/model/library/cpu"
	"temper/model/transformer"
)

// decoder is a small Qwen2 with a batch, on one backend.
type decoder struct {
	exec   *graph.Exec
	inputs []*tensors.Tensor
}

const batch, length, vocab = 3, 27, 53

func newDecoder(t testing.TB, config string, checkpointing bool) *decoder {
	b, err := compute.NewWithConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	c := transformer.Config{
		ModelType: "qwen2", HiddenAct: "silu", VocabSize: vocab, HiddenSize: 72, IntermediateSize: 104,
		NumHiddenLayers: 2, NumAttentionHeads: 6, NumKeyValueHeads: 2, MaxPositionEmbeddings: 64,
		RopeTheta: 100, RMSNormEps: 1e-6, TieWordEmbeddings: true,
	}
	exec, err := graph.NewExec(b, func(nodes []*graph.Node) []*graph.Node {
		n := len(c.Params())
		pass := transformer.Pass{Tokens: nodes[n], Checkpointing: checkpointing}
		var logits *graph.Node
		grads := c.Differentiate(c.Inputs(nodes), pass, func(x *graph.Node, _ int) *graph.Node {
			logits = x
			p := graph.Softmax(x, -1)
			return graph.Sub(p, graph.OneHot(graph.Reshape(nodes[n+1], -1), vocab, x.DType()))
		})
		return append([]*graph.Node{logits}, grads...)
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &decoder{exec: exec}
	w := transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.3, OutputGain: 0.5}, 5)
	for i, s := range c.Params() {
		d.inputs = append(d.inputs, tensors.FromFlatDataAndDimensions(w.Tensors[i], s.Shape...))
	}
	tokens, targets := make([]int32, batch*length), make([]int32, batch*length)
	for i := range tokens {
		tokens[i], targets[i] = int32(i*i*7%vocab), int32(i*i*i%vocab)
	}
	d.inputs = append(d.inputs, tensors.FromFlatDataAndDimensions(tokens, batch, length), tensors.FromFlatDataAndDimensions(targets, batch, length))
	for _, in := range d.inputs {
		if err := in.MaterializeOnDevice(b, b.HasSharedBuffers(), 0); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// run returns logits and gradients.
func (d *decoder) run(t testing.TB) [][]float32 {
	args := make([]any, len(d.inputs))
	for i, in := range d.inputs {
		args[i] = in
	}
	outputs, err := d.exec.Call(args...)
	if err != nil {
		t.Error(err)
		return nil
	}
	var out [][]float32
	for _, o := range outputs {
		flat, err := tensors.CopyFlatData[float32](o)
		if err != nil {
			t.Error(err)
		}
		out = append(out, flat)
		o.FinalizeAll()
	}
	return out
}

// TestGradients compares a decoder's logits and gradients with gobackend's: every
// element within 256 units in the last place of its tensor's largest.
func TestGradients(t *testing.T) {
	want := newDecoder(t, "go", false).run(t)
	for _, checkpointing := range []bool{false, true} {
		got := newDecoder(t, "cpu", checkpointing).run(t)
		worst := 0.0
		for i := range want {
			largest := 0.0
			for _, w := range want[i] {
				largest = max(largest, math.Abs(float64(w)))
			}
			if largest < 1e-5 { // of the key biases, which are 0 but for rounding
				continue
			}
			_, exponent := math.Frexp(largest)
			for j, w := range want[i] {
				off := math.Abs(float64(got[i][j])-float64(w)) / math.Ldexp(1, exponent-24)
				if !(off <= 256) {
					t.Fatalf("output %d, element %d: %v, gobackend %v: %.0f units", i, j, got[i][j], w, off)
				}
				worst = max(worst, off)
			}
		}
		t.Logf("checkpointing %v: at most %.1f units in the last place apart", checkpointing, worst)
	}
}

// TestDeterminism checks that results are the same to the last bit from run to
// run, with 1, 2 and 4 goroutines at work, and with AVX2 as with AVX-512.
func TestDeterminism(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want [][]float32
	for _, config := range []string{"cpu:kernels=avx512", "cpu:kernels=avx2"} {
		t.Run(config, func(t *testing.T) {
			if _, err := compute.NewWithConfig(config); err != nil && strings.Contains(err.Error(), "this processor or build has no") {
				t.Skip(err)
			}
			d := newDecoder(t, config, false)
			for _, threads := range []int{1, 2, 4} {
				runtime.GOMAXPROCS(threads)
				results := make([][][]float32, threads)
				var wg sync.WaitGroup
				for i := range threads {
					wg.Go(func() { results[i] = d.run(t) })
				}
				wg.Wait()
				for _, got := range results {
					if want == nil {
						want = got
					}
					for i := range want {
						for j := range want[i] {
							if math.Float32bits(got[i][j]) != math.Float32bits(want[i][j]) {
								t.Fatalf("%d goroutines: output %d, element %d is %v, was %v", threads, i, j, got[i][j], want[i][j])
							}
						}
					}
				}
			}
		})
	}
}

// TestNoGrowth runs many steps on four goroutines and checks that neither memory
// nor goroutines pile up. TEMPER_CPU_STEPS is the number of steps.
func TestNoGrowth(t *testing.T) {
	steps := 200
	if s := os.Getenv("TEMPER_CPU_STEPS"); s != "" {
		var err error
		if steps, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	d := newDecoder(t, "cpu", false)
	measure := func(steps int) (uint64, int) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range steps / 4 {
					d.run(t)
				}
			})
		}
		wg.Wait()
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc, runtime.NumGoroutine()
	}
	heapBefore, goroutinesBefore := measure(40)
	heapAfter, goroutinesAfter := measure(steps)
	if heapAfter > heapBefore+8<<20 || goroutinesAfter > goroutinesBefore {
		t.Errorf("%d steps: heap %d -> %d bytes, goroutines %d -> %d", steps, heapBefore, heapAfter, goroutinesBefore, goroutinesAfter)
	}
}
