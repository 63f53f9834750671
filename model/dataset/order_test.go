package dataset

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Order is what an epoch's order is by its documentation: the permutation of math/rand/v2.
func Order(n int, seed uint64, epoch int) []int {
	return rand.New(rand.NewPCG(seed, uint64(epoch))).Perm(n)
}

func isPermutation(order []int) bool {
	sorted := slices.Sorted(slices.Values(order))
	for i, v := range sorted {
		if i != v {
			return false
		}
	}
	return true
}

func TestOrder(t *testing.T) {
	for _, n := range []int{0, 1, 2, 38, 4800} {
		order := make([]int, n)
		for i, orders := 0, NewOrders(n, 7); i < n; i++ {
			order[i] = orders.At(3*n + i)
		}
		if !isPermutation(order) || !slices.Equal(order, Order(n, 7, 3)) {
			t.Errorf("n=%d: not the documented permutation", n)
		}
	}
	// The values pin the documented generator: another one would change every run.
	if got, want := Order(8, 1, 0), []int{2, 7, 1, 5, 6, 4, 0, 3}; !slices.Equal(got, want) {
		t.Errorf("Order(8, 1, 0) = %v, want %v", got, want)
	}
	if slices.Equal(Order(50, 1, 0), Order(50, 1, 1)) || slices.Equal(Order(50, 1, 0), Order(50, 2, 0)) {
		t.Error("orders do not depend on epoch and seed")
	}
}

// Neighbouring epochs are unrelated: each index comes first equally often.
func TestOrderIsUniformOverEpochs(t *testing.T) {
	const n, epochs = 10, 20000
	var first, pair [n]int
	for epoch := range epochs {
		a, b := Order(n, 5, epoch)[0], Order(n, 5, epoch+1)[0]
		first[a]++
		pair[(b-a+n)%n]++
	}
	for i := range n { // 2000 expected, standard deviation 42
		if first[i] < 1790 || first[i] > 2210 || pair[i] < 1790 || pair[i] > 2210 {
			t.Errorf("index %d: first %d times, follows at distance %d times", i, first[i], pair[i])
		}
	}
}

func TestStepProblems(t *testing.T) {
	for _, c := range []struct{ n, perStep, steps int }{{7, 3, 70}, {16, 16, 20}, {38, 16, 57}, {640, 16, 80}, {17, 16, 85}, {5, 4, 25}, {1, 1, 5}} {
		used, orders := make([]int, c.n), NewOrders(c.n, 11)
		for step := range c.steps {
			problems, err := orders.StepProblems(c.perStep, step)
			if err != nil || len(problems) != c.perStep {
				t.Fatalf("%+v step %d: %v, %v", c, step, problems, err)
			}
			if sorted := slices.Sorted(slices.Values(problems)); len(slices.Compact(sorted)) != c.perStep {
				t.Errorf("%+v step %d: a problem stands twice in %v", c, step, problems)
			}
			for _, p := range problems {
				used[p]++
			}
			// Within one epoch uses differ by one; a step across a border may add one.
			if low, high := slices.Min(used), slices.Max(used); high-low > 2 {
				t.Fatalf("%+v step %d: uses range from %d to %d", c, step, low, high)
			}
		}
		if slices.Min(used) != slices.Max(used) || used[0] != c.steps*c.perStep/c.n {
			t.Errorf("%+v: after whole epochs the problems were used %v times", c, used)
		}
	}
}

func TestStepProblemsAreSlicesOfTheOrder(t *testing.T) {
	order := Order(12, 3, 0)
	for step := range 3 {
		if got, _ := NewOrders(12, 3).StepProblems(4, step); !slices.Equal(got, order[4*step:4*step+4]) {
			t.Errorf("step %d: %v, want %v", step, got, order[4*step:4*step+4])
		}
	}
}

// walkedProblems are the problems of all steps up to one, found by walking through the orders from their beginning.
func walkedProblems(n, perStep, steps int, seed uint64) (all [][]int) {
	var putOff, order []int
	epoch := 0
	for range steps {
		chosen := putOff
		putOff = nil
		for len(chosen) < perStep {
			if len(order) == 0 {
				order = Order(n, seed, epoch)
				epoch++
			}
			if slices.Contains(chosen, order[0]) {
				putOff = append(putOff, order[0])
			} else {
				chosen = append(chosen, order[0])
			}
			order = order[1:]
		}
		all = append(all, chosen)
	}
	return all
}

// TestStepProblemsFromAnyStep: a step's problems are those of a walk from the beginning, whichever step is asked for.
func TestStepProblemsFromAnyStep(t *testing.T) {
	for n := 1; n <= 24; n++ {
		for perStep := 1; perStep <= n; perStep++ {
			for seed := range uint64(6) {
				want := walkedProblems(n, perStep, 40, seed)
				for step := range want {
					if got, err := NewOrders(n, seed).StepProblems(perStep, step); err != nil || !slices.Equal(got, want[step]) {
						t.Fatalf("n=%d, %d a step, seed %d, step %d: %v, want %v, %v", n, perStep, seed, step, got, want[step], err)
					}
				}
			}
		}
	}
}

func TestStepProblemsErrors(t *testing.T) {
	_, err := NewOrders(7, 1).StepProblems(16, 0)
	if want := "step problems: a policy step needs 16 problems and the dataset has 7"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for _, bad := range [][3]int{{7, 0, 0}, {7, 1, -1}, {0, 0, 0}} {
		if _, err := NewOrders(bad[0], 1).StepProblems(bad[1], bad[2]); err == nil || !strings.HasPrefix(err.Error(), "step problems: ") {
			t.Errorf("%v: got %v", bad, err)
		}
	}
}

func TestBatchExamplesUsesEachExampleOncePerEpoch(t *testing.T) {
	for _, c := range []struct{ n, batch, epochs, updates int }{{4800, 16, 1, 300}, {10, 4, 3, 8}, {5, 16, 2, 1}, {5, 16, 4, 2}, {1, 1, 3, 3}} {
		if got := Updates(c.n, c.batch, c.epochs); got != c.updates {
			t.Errorf("%+v: %d updates", c, got)
		}
		var all []int
		orders := NewOrders(c.n, 9)
		for update := range c.updates {
			batch, err := orders.BatchExamples(c.batch, c.epochs, update)
			if err != nil || len(batch) == 0 || (update < c.updates-1 && len(batch) != c.batch) {
				t.Fatalf("%+v update %d: %v, %v", c, update, batch, err)
			}
			all = append(all, batch...)
		}
		if len(all) != c.n*c.epochs {
			t.Fatalf("%+v: %d examples used", c, len(all))
		}
		for epoch := range c.epochs {
			if got := all[epoch*c.n : (epoch+1)*c.n]; !slices.Equal(got, Order(c.n, 9, epoch)) {
				t.Errorf("%+v: epoch %d is not its order", c, epoch)
			}
		}
	}
}

// BenchmarkOrders is an update's share of the order of the paper's 2.2 million examples, and a policy step's of the 49,585
// problems of AceReason-Math, each asked for after the one before.
func BenchmarkOrders(b *testing.B) {
	b.Run("update", func(b *testing.B) {
		orders, update := NewOrders(2_200_000, 1), 0
		for b.Loop() {
			if _, err := orders.BatchExamples(512, 6, update); err != nil {
				b.Fatal(err)
			}
			update = (update + 1) % Updates(2_200_000, 512, 6)
		}
	})
	b.Run("step", func(b *testing.B) {
		orders, step := NewOrders(49_585, 1), 0
		for b.Loop() {
			if _, err := orders.StepProblems(128, step); err != nil {
				b.Fatal(err)
			}
			step = (step + 1) % 2050
		}
	})
}

func TestBatchExamplesErrors(t *testing.T) {
	_, err := NewOrders(10, 1).BatchExamples(4, 3, 8)
	if want := "batch examples: update 8: the stage has updates 0 to 7"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := NewOrders(0, 1).BatchExamples(4, 1, 0); err == nil {
		t.Error("an empty dataset has a batch")
	}
}
