// Package activities is the boundary between the recipe's workflows and the
// world: storage, retry classes, heartbeats and idempotency. It decides nothing
// about the recipe and computes nothing itself; what computes with weights or
// runs programs comes in through the ports below.
//
// Every activity is safe to run any number of times, anywhere: its result is
// recorded under a key made of its input (see once), and a late duplicate can
// only find the result that is already there.
package activities

import (
	"context"
	"sync"

	"temper/activities/objectstore"
	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/compute"
	"temper/model/dataset"
	"temper/model/pretrained"
	"temper/model/recipe"
	"temper/model/reward/domain"
	"temper/model/rollout"
	"temper/model/signal"
	"temper/model/teacher"
)

// Activities holds what activities need. Its exported methods are the activities.
// Workflows refer to them through a nil *Activities; a worker registers a real one.
type Activities struct {
	Store   objectstore.Store
	Learner Learner
	// Sandbox runs programs, on workers that judge them.
	Sandbox domain.Sandbox
	Sources Sources
	// Teachers are the endpoints that this worker may ask; nil where it defines none.
	Teachers Teachers
	// Callers looks up who gave a run its orders; nil where that cannot be asked.
	Callers Callers
	// Available is the memory that this process may still take, in bytes; nil for no bound.
	Available func() (int64, error)
	CPU       *CPUMeter
	// Worker and CodeVersion go into every manifest's record of work.
	Worker      string
	CodeVersion string
	// Numerics is the version of the arithmetic; Allowed is who has let this worker compute for runs of
	// another one, and why, "" where it does not.
	Numerics int
	Allowed  string
	// Device and Peak are what this worker computes on: see artifact.Work.
	Device string
	Peak   float64
	// Home is the task queue that this worker alone serves, "" for none; Others tells who else works, nil for nobody.
	Home   string
	Others Others
	// Hung, if not nil, is told of work that hangs and cannot be ended: the worker has to end.
	Hung func(error)

	vocabularies vocabularies
	books        struct {
		sync.Mutex
		newest book
	}
	shelf rows.Shelf
}

// Sources reads the files that a recipe names.
type Sources interface {
	// ReadURI returns the bytes of a local path or s3:// URI. A missing file is a user's mistake.
	ReadURI(ctx context.Context, uri string) ([]byte, error)
	// Open opens what ReadURI would read. ctx bounds the reads of the file too.
	Open(ctx context.Context, uri string) (pretrained.File, error)
	// ListFolder returns the names of the files in a folder at a local path or s3:// URI.
	ListFolder(ctx context.Context, uri string) ([]string, error)
	// OpenFolder returns the folder of a model or tokenizer at a local path or s3:// URI.
	OpenFolder(ctx context.Context, uri string) (pretrained.Folder, error)
}

// Teachers asks models that endpoints serve. It is safe for concurrent use and keeps the limits of
// each endpoint, obeys the end of a context soon, and shows that it goes on by liveness.
type Teachers interface {
	// Concurrency is how many requests at a time an endpoint takes. The error wraps ErrNoEndpoint.
	Concurrency(endpoint string) (int, error)
	// Ask sends a request to an endpoint, and again where that may help. The error is a user's
	// mistake where the endpoint refuses the request, or wraps ErrNoEndpoint, ErrTeacherAway or
	// teacher.ErrMalformed. Neither it nor the answer holds the endpoint's key.
	Ask(ctx context.Context, endpoint string, r teacher.Request) (Answer, error)
}

// Answer is what an endpoint answered.
type Answer struct {
	// Body is the answer as it came, Response what it says.
	Body     []byte
	Response teacher.Response
	// Tries is how many requests it took.
	Tries int
}

// Learner computes with policies. What it holds in memory is a cache: every
// policy can be had again from its name, by loading the checkpoint and applying
// the updates. It is safe for concurrent use, obeys the end of a context soon,
// and shows that it goes on by liveness.Done.
type Learner interface {
	// Initial makes the checkpoint of a base model, or of one that is trained from nothing. A parent's
	// is there already: it looks whether work with it fits.
	Initial(ctx context.Context, spec InitialModel) (artifact.Ref, error)
	// TrainSFT runs a segment of supervised updates from a policy and returns the checkpoint at its end.
	// Between two updates, and once more when its context has ended, it calls between, if that is not
	// nil, with the figures so far and with what stores a checkpoint of the weights so far.
	TrainSFT(ctx context.Context, from artifact.Policy, segment SFTSegment, between func(SFTStats, SaveFunc) error) (artifact.Ref, SFTStats, error)
	// Sample draws one rollout per request, in the order of the requests. It tells finished, if that is
	// not nil, each as soon as it has ended, by one goroutine at a time.
	Sample(ctx context.Context, policy artifact.Policy, requests []rollout.Request, s Decoding, finished func(rollout.Rollout)) ([]rollout.Rollout, error)
	// Advance computes the policy that follows when the stored Update is applied.
	Advance(ctx context.Context, policy artifact.Policy, update artifact.Ref) (UpdateStats, error)
	// Activations are the means over the tokens of each prompt of a policy's residual stream, [prompt][state][hidden]: the
	// input of every layer and, last, the output of the final norm.
	Activations(ctx context.Context, policy artifact.Policy, prompts [][]int32, n recipe.Numerics) ([][][]float64, error)
	// Publish stores the weights of a policy for workers that only sample from it.
	Publish(ctx context.Context, policy artifact.Policy) (artifact.Ref, error)
	// Save stores a policy as a checkpoint.
	Save(ctx context.Context, policy artifact.Policy) (artifact.Ref, error)
}

// SaveFunc stores a checkpoint of weights that have no name yet.
type SaveFunc func(ctx context.Context) (artifact.Ref, error)

// InitialModel says what a run starts from: the checkpoint Parent, Base with Model's
// overrides, or random weights of Model's shape.
type InitialModel struct {
	Parent artifact.Ref      `json:"-"`
	Model  recipe.Model      `json:"model"`
	Base   *pretrained.Model `json:"-"` // nil for a model trained from nothing
	// Tokenizer is the stored tokenizer, and VocabSize the number of its tokens.
	Tokenizer artifact.Ref `json:"tokenizer"`
	VocabSize int          `json:"vocab_size"`
	// Sizes are those of the work that follows.
	Sizes recipe.Sizes `json:"-"`
	Seed  uint64       `json:"seed"`
}

// SFTSegment is a run of consecutive supervised updates.
type SFTSegment struct {
	Optimizer recipe.Optimizer
	// ResetOptimizer starts with fresh moments.
	ResetOptimizer bool
	// FirstUpdate is the number of the first update in the stage, from 0; Updates is the stage's total, for the schedule.
	FirstUpdate, Updates int
	// Batches are the examples of each update of the segment; the loss is on their responses.
	Batches  Batches
	Numerics recipe.Numerics
	// Made is a stored document of all that decides the segment but its parent, for its checkpoint to name.
	Made artifact.Ref
	// Start is the policy that the segment began with, for one that goes on from a
	// commit of its own; where it is empty, that is the policy it is trained from.
	Start artifact.Policy
}

// Parent is what checkpoints of a segment that is trained from a policy name as
// their parent: where a segment was interrupted leaves no trace in them.
func (s SFTSegment) Parent(from artifact.Policy) artifact.Policy {
	if s.Start.Checkpoint.IsZero() {
		return from
	}
	return s.Start
}

// Batches are the examples of consecutive updates, which are read when their update comes: a segment holds those of
// one.
type Batches struct {
	// Len is the number of updates.
	Len int
	// At reads the examples of an update, counted from 0.
	At func(ctx context.Context, update int) ([]dataset.Tokenized, error)
}

// From are the batches without the first n.
func (b Batches) From(n int) Batches {
	return Batches{b.Len - n, func(ctx context.Context, update int) ([]dataset.Tokenized, error) { return b.At(ctx, n+update) }}
}

// SFTStats are a segment's figures per update, and the tokens of all its rows.
type SFTStats struct {
	Loss, GradNorm, LearningRate []float64
	// Tokens went through the updates, in Slots: the rest of these was padding.
	Tokens, Slots int64
	// Trained are the tokens with their pairs and targets.
	Trained compute.Pass
}

// Decoding is how responses are drawn, and by what. EOS is not part of what a workflow
// asks for: GenerateRollouts takes it from the vocabulary.
type Decoding struct {
	rollout.Sampling
	// Rows is the number of rows that one generator decodes at once.
	Rows int `json:"rows"`
	// Backend is what computes; "" leaves it to the worker.
	Backend string `json:"backend,omitempty"`
	// Weights are published weights of the policy, if there are any: not part of what is asked for either.
	Weights artifact.Ref `json:"-"`
}

// UpdateStats are the figures of one policy step.
type UpdateStats struct {
	Loss, LearningRate float64
	// Signal is what the step gave to learn from.
	Signal signal.Step
	// Rollouts describes the whole batch.
	Rollouts rollout.Summary
	// TrainedSlots are the places of Signal.TrainedTokens; the rest of them was padding.
	TrainedSlots int64
	// Trained is what was trained, all mini-batches and epochs of it; Forward what was read without training, by
	// the policy or its reference.
	Trained, Forward compute.Pass
}
