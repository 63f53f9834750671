package sampling

import (
	"errors"
	"fmt"
	"sync"

	"temper/model/rollout"
	"temper/model/transformer"
)

// plan is what the batches of one Generate share: the requests that wait, the
// results, and the progress.
type plan struct {
	params      rollout.Sampling
	rows        int // per batch
	prefillRows int
	cacheSlots  int
	promptSlots []int // of requests[i]
	requests    []rollout.Request
	results     []rollout.Rollout
	// share is the largest number of requests that a batch may take at
	// once, so that none takes all when there are few.
	share int

	mu           sync.Mutex
	next         int // the first request that nobody has taken
	done, tokens int
	progress     func(Progress)
}

func newPlan(requests []rollout.Request, p rollout.Sampling, o Options, config transformer.Config) (*plan, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	pl := &plan{
		params: p, rows: o.Rows, prefillRows: o.PrefillRows,
		requests: requests, results: make([]rollout.Rollout, len(requests)), promptSlots: make([]int, len(requests)),
		share: (len(requests) + o.Instances - 1) / o.Instances,
	}
	longest := 0
	for i, r := range requests {
		if err := check(r, p, config); err != nil {
			return nil, fmt.Errorf("request %d (problem %d, sample %d): %w", i, r.Problem, r.Sample, err)
		}
		slots, err := bucket(len(r.Prompt), o.PromptBuckets)
		if err != nil {
			return nil, fmt.Errorf("request %d (problem %d, sample %d): prompt: %w", i, r.Problem, r.Sample, err)
		}
		pl.promptSlots[i] = slots
		// The last token of a response is not read again.
		longest = max(longest, slots, len(r.Prompt)+p.MaxResponseTokens-1)
	}
	var err error
	if pl.cacheSlots, err = bucket(longest, o.CacheBuckets); err != nil {
		return nil, fmt.Errorf("prompt and response: %w", err)
	}
	return pl, nil
}

// check says what is wrong with a request.
func check(r rollout.Request, p rollout.Sampling, config transformer.Config) error {
	if len(r.Prompt) == 0 {
		return errors.New("prompt is empty: want at least one token")
	}
	for i, id := range r.Prompt {
		if id < 0 || int(id) >= config.VocabSize {
			return fmt.Errorf("prompt token %d is %d: want 0 to %d", i, id, config.VocabSize-1)
		}
	}
	if n := len(r.Prompt) + p.MaxResponseTokens; n > config.MaxPositionEmbeddings {
		return fmt.Errorf("prompt and response may have %d tokens: the policy's max_position_embeddings is %d", n, config.MaxPositionEmbeddings)
	}
	return nil
}

// Slots come in whole vectors of the CPU's kernels: they are the columns of scores,
// which columnStep at a time are computed together. With fewer than minColumns
// gobackend sums in another order.
const (
	columnStep = 16
	minColumns = 2 * columnStep
)

// bucket returns the smallest of the rising sizes that holds n slots. Without
// sizes it rounds n up to a multiple of a quarter of the power of two below it,
// at least to a multiple of columnStep and to minColumns: at most four programs per doubling are
// compiled, and beyond 64 slots at most a fifth is wasted.
func bucket(n int, sizes []int) (int, error) {
	if len(sizes) == 0 {
		step := columnStep
		for step*8 <= n {
			step *= 2
		}
		return max(minColumns, (n+step-1)/step*step), nil
	}
	for _, size := range sizes {
		if n <= size {
			return size, nil
		}
	}
	return 0, fmt.Errorf("%d tokens: the largest bucket has %d slots", n, sizes[len(sizes)-1])
}

// take hands out up to n of the waiting requests, by their indices [from, to).
func (pl *plan) take(n int) (from, to int) {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	from = pl.next
	to = min(from+min(n, pl.share), len(pl.requests))
	pl.next = to
	return from, to
}

// waitingFrom returns the first of the requests that nobody has taken.
func (pl *plan) waitingFrom() int {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	return pl.next
}

// advance reports finished rollouts and sampled tokens.
func (pl *plan) advance(finished []rollout.Rollout, tokens int) {
	pl.mu.Lock()
	defer pl.mu.Unlock()
	pl.done += len(finished)
	pl.tokens += tokens
	if pl.progress != nil {
		pl.progress(Progress{pl.done, len(pl.requests), pl.tokens, finished})
	}
}
