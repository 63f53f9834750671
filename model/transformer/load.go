package transformer

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"temper/model/library/safetensors"
)

// Source is a checkpoint whose tensors are read one by one.
type Source interface {
	// Tensors describes all tensors, in any order.
	Tensors() []safetensors.Info
	// Read converts the values of a tensor to float32; into has room for exactly
	// them. It may be called from several goroutines.
	Read(ctx context.Context, name string, into []float32) error
}

// LoadWeights reads the parameters of c. All names and shapes are checked before
// any value is read, and one error names what is missing,
// misshapen or left over. The lm_head.weight of a tied model has to equal the
// embedding.
func LoadWeights(ctx context.Context, c Config, src Source) (*Weights, error) {
	w, err := load(ctx, c, src)
	if err != nil {
		return nil, fmt.Errorf("load weights: %w", err)
	}
	return w, nil
}

func load(ctx context.Context, c Config, src Source) (*Weights, error) {
	there := arrange(src.Tensors())
	if err := there.match(c); err != nil {
		return nil, err
	}
	specs := c.Params()
	w := &Weights{Config: c, Tensors: make([][]float32, len(specs))}
	names := make([]string, len(specs))
	for i, p := range specs {
		w.Tensors[i], names[i] = make([]float32, p.Size()), there.params[p.Name].Name
	}
	if err := readAll(ctx, src, names, w.Tensors); err != nil {
		return nil, err
	}
	if _, repeated := there.params[headName]; repeated && c.TieWordEmbeddings {
		head := make([]float32, len(w.Tensors[0]))
		if err := src.Read(ctx, headName, head); err != nil {
			return nil, err
		}
		if !slices.Equal(head, w.Tensors[0]) {
			return nil, fmt.Errorf("tensor %q differs from the embedding, but config.json has tie_word_embeddings true", headName)
		}
	}
	return w, nil
}

// readAll reads tensors in parallel, and stops at the first error.
func readAll(ctx context.Context, src Source, names []string, into [][]float32) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	jobs := make(chan int, len(names))
	for i := range names {
		jobs <- i
	}
	close(jobs)
	var wg sync.WaitGroup
	for range min(len(names), runtime.GOMAXPROCS(0)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range jobs {
				if ctx.Err() != nil {
					return
				}
				if err := src.Read(ctx, names[i], into[i]); err != nil {
					cancel(err) // the first is the cause
					return
				}
			}
		}()
	}
	wg.Wait()
	return context.Cause(ctx)
}
