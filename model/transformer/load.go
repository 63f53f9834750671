package transformer

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"temper/model/safetensors"
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
// any value is read, and one error names what is missing, misshapen or left
// over. Rotary frequencies, which old checkpoints carry along, are ignored, as
// is the lm_head.weight of a tied model if it equals the embedding.
func LoadWeights(ctx context.Context, c Config, src Source) (*Weights, error) {
	specs := c.Params()
	left := make(map[string]safetensors.Info)
	for _, info := range src.Tensors() {
		if !strings.HasSuffix(info.Name, "rotary_emb.inv_freq") {
			left[info.Name] = info
		}
	}
	tiedHead, repeated := left[headName]
	if repeated = repeated && c.TieWordEmbeddings && slices.Equal(tiedHead.Shape, specs[0].Shape); repeated {
		delete(left, headName)
	}
	if err := matchParams(specs, left); err != nil {
		return nil, fmt.Errorf("load weights: %w", err)
	}
	w := &Weights{Config: c, Tensors: make([][]float32, len(specs))}
	names := make([]string, len(specs))
	for i, p := range specs {
		w.Tensors[i], names[i] = make([]float32, p.Size()), p.Name
	}
	if err := readAll(ctx, src, names, w.Tensors); err != nil {
		return nil, fmt.Errorf("load weights: %w", err)
	}
	if repeated {
		head := make([]float32, len(w.Tensors[0]))
		if err := src.Read(ctx, headName, head); err != nil {
			return nil, fmt.Errorf("load weights: %w", err)
		}
		if !slices.Equal(head, w.Tensors[0]) {
			return nil, fmt.Errorf("load weights: tensor %q differs from the embedding, but config.json has tie_word_embeddings true", headName)
		}
	}
	return w, nil
}

// matchParams reports how the tensors that are there differ from specs.
func matchParams(specs []ParamSpec, there map[string]safetensors.Info) error {
	var faults []string
	wanted := make(map[string]bool, len(specs))
	for _, p := range specs {
		wanted[p.Name] = true
		info, ok := there[p.Name]
		switch {
		case !ok:
			faults = append(faults, fmt.Sprintf("tensor %q is missing", p.Name))
		case !slices.Equal(info.Shape, p.Shape):
			faults = append(faults, fmt.Sprintf("tensor %q has shape %v; config.json asks for %v", p.Name, info.Shape, p.Shape))
		}
	}
	var extra []string
	for name := range there {
		if !wanted[name] {
			extra = append(extra, fmt.Sprintf("tensor %q is not a parameter of this config.json", name))
		}
	}
	slices.Sort(extra)
	faults = append(faults, extra...)
	const named = 6
	if len(faults) > named {
		faults = append(faults[:named], fmt.Sprintf("and %d more", len(faults)-named))
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s", strings.Join(faults, "; "))
	}
	return nil
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
