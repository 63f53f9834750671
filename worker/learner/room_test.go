package learner

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/model/train"
	"temper/model/transformer"
	"temper/worker/machine"
)

// halfBillion is Qwen2.5-0.5B's shape.
var halfBillion = transformer.Config{
	ModelType: "qwen2", HiddenAct: "silu", VocabSize: 151936, HiddenSize: 896, IntermediateSize: 4864, NumHiddenLayers: 24,
	NumAttentionHeads: 14, NumKeyValueHeads: 2, MaxPositionEmbeddings: 1024, RopeTheta: 1e6, RMSNormEps: 1e-6, TieWordEmbeddings: true,
}

func withMemory(bytes int64) *Learner {
	return New(objectstore.NewMemory(), machine.Machine{Cores: 2, Available: func() (int64, error) { return bytes, nil }})
}

// TestRunIsRefused checks that a run which does not fit is refused in one line, as
// its owner's mistake, and that what the line says would fit does, while more does not.
func TestRunIsRefused(t *testing.T) {
	const gib = 1 << 30
	sizes := recipe.Sizes{
		Numerics: recipe.Numerics{MicroBatchTokens: 16384, GenerationRows: 512}, Rows: 32, LongestRow: 512, Responses: 1024, LongestPrompt: 256, MaxResponse: 256,
	}
	number := func(pattern, text string) int {
		m := regexp.MustCompile(pattern + `: (\d+)`).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("%q does not say %s", text, pattern)
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	l := withMemory(20 * gib)
	err := l.checkRun(halfBillion, sizes)
	if !errors.Is(err, activities.ErrUser) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("16384 tokens in 20 GiB: %v", err)
	}
	t.Log(err)
	fits := sizes
	fits.Numerics.GenerationRows = 8
	fits.Numerics.MicroBatchTokens = number("micro_batch_tokens", err.Error())
	if err := l.checkRun(halfBillion, fits); err != nil {
		t.Errorf("what is said to fit does not: %v", err)
	}
	more := fits
	more.Numerics.MicroBatchTokens = 2 * fits.Numerics.MicroBatchTokens
	if err := l.checkRun(halfBillion, more); err == nil {
		t.Error("twice as much as is said to fit fits too")
	}
	checkpointed := fits
	checkpointed.Numerics.MicroBatchTokens, checkpointed.Numerics.GradientCheckpointing = 16384, true
	if err := l.checkRun(halfBillion, checkpointed); (err == nil) != strings.Contains(l.checkRun(halfBillion, sizes).Error(), "numerics.gradient_checkpointing: true,") {
		t.Errorf("computing layers twice: %v", err)
	}
	rows := fits
	rows.Numerics.GenerationRows = 512
	err = l.checkRun(halfBillion, rows)
	if !errors.Is(err, activities.ErrUser) {
		t.Fatalf("512 rows in 20 GiB: %v", err)
	}
	t.Log(err)
	rows.Numerics.GenerationRows = number("generation_rows", err.Error())
	if err := l.checkRun(halfBillion, rows); err != nil {
		t.Errorf("what is said to fit does not: %v", err)
	}
	for _, little := range []int64{gib, 4 * gib} {
		err := withMemory(little).checkRun(halfBillion, sizes)
		if !errors.Is(err, activities.ErrUser) || !strings.Contains(err.Error(), "a worker with more memory") {
			t.Errorf("in %d bytes: %v", little, err)
		}
		t.Log(err)
	}
	if err := New(objectstore.NewMemory(), machine.Machine{Cores: 2}).checkRun(halfBillion, sizes); err != nil {
		t.Errorf("where nobody asks: %v", err)
	}
}

// TestRoomIsMade checks that policies which are not needed leave before work that
// needs their room, that work which does not fit even so waits for another worker, and
// that neither happens where there is room.
func TestRoomIsMade(t *testing.T) {
	ctx := t.Context()
	limit := int64(1 << 40)
	store := objectstore.NewMemory()
	l := New(store, machine.Machine{Cores: 1, Available: func() (int64, error) { return limit, nil }})
	t.Setenv("GOMEMLIMIT", "off") // the bounds below are not this test's
	var policies []artifact.Policy
	for range 2 {
		v := smallValues()
		v.weights.Tensors[0][0] = float32(len(policies))
		ref, err := l.storeCheckpoint(ctx, values{v.document, v.weights, train.OptimizerState{}}, artifact.Policy{}, artifact.Ref{})
		if err != nil {
			t.Fatal(err)
		}
		policies = append(policies, artifact.Policy{Checkpoint: ref})
	}
	sample := func(p artifact.Policy) error {
		_, err := l.Sample(ctx, p, []rollout.Request{{Prompt: []int32{1, 2}}}, activities.Decoding{Sampling: rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: 3}, Rows: 1}, nil)
		return err
	}
	for _, p := range policies {
		if err := sample(p); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(l.shelf.policies); n != 2 {
		t.Fatalf("%d policies are in memory where there is room for 2", n)
	}
	c := smallValues().weights.Config
	work, err := l.samplingBytes(c, "", 1, 1, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	limit = l.alone(c, false, work).Total()
	if err := sample(policies[1]); err != nil {
		t.Fatal(err)
	}
	if n := len(l.shelf.policies); n != 1 {
		t.Errorf("%d policies are in memory where there is room for 1", n)
	}
	limit--
	if err := sample(policies[1]); !errors.Is(err, activities.ErrSmallWorker) || errors.Is(err, activities.ErrUser) {
		t.Errorf("with a byte too little: %v", err)
	}
}

// Whoever may train may also score by a reference policy beside the one in training.
func TestReferenceFitsWhereTrainingDoes(t *testing.T) {
	l := withMemory(0)
	for _, c := range []transformer.Config{halfBillion, smallValues().weights.Config} {
		e, rows := newEngine(l.machine, c, recipe.Numerics{MicroBatchTokens: 512}), []int{32, 24, 32}
		training := l.alone(c, true, l.trainingBytes(c, e, rows)).Total()
		scoring := l.alone(c, true, append(policyBytes(c, false), l.scoringBytes(c, e, rows)...)).Total()
		if scoring > training {
			t.Errorf("scoring takes %d bytes beside a policy in training, training %d", scoring, training)
		}
		if scoring <= l.alone(c, true, policyBytes(c, false)).Total() {
			t.Error("forward passes take nothing")
		}
	}
}

// TestAnyNumberOfRows: sizes come from a recipe, which may ask for anything.
func TestAnyNumberOfRows(t *testing.T) {
	for _, rows := range []int{math.MaxInt, math.MinInt} {
		sizes := recipe.Sizes{Numerics: recipe.Numerics{MicroBatchTokens: 1024, GenerationRows: 8}, Rows: rows, LongestRow: 512, Responses: 8, LongestPrompt: 256, MaxResponse: 256}
		if err := withMemory(64<<30).checkRun(halfBillion, sizes); err != nil {
			t.Errorf("%d rows: %v", rows, err)
		}
	}
}
