package artifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Kind says what a manifest records: the result of one piece of work.
type Kind string

// The kinds, in the order in which a run makes them.
const (
	KindRecipe      Kind = "recipe"      // the run's whole input
	KindDataset     Kind = "dataset"     // Name: the dataset's name
	KindCuration    Kind = "curation"    // what one rule leaves of a dataset; Name: the curated dataset's; Step: which rule, from 1
	KindVocabulary  Kind = "vocabulary"  // that of a run whose model a server holds
	KindTeaching    Kind = "teaching"    // one shard of a teacher's responses
	KindCheckpoint  Kind = "checkpoint"  // the initial model, and the policy of a stage that was stopped
	KindSFT         Kind = "sft"         // one segment of a supervised stage; Step: updates done at its end
	KindRollouts    Kind = "rollouts"    // one shard of one step's rollouts
	KindVerdicts    Kind = "verdicts"    // the verdicts of one shard
	KindUpdate      Kind = "update"      // one policy step
	KindMeasurement Kind = "measurement" // one candidate of a temperature search; Step: which
	KindTemperature Kind = "temperature" // the search's decision
	KindEvaluation  Kind = "evaluation"  // one benchmark after a stage, or inside it; Name: the benchmark
	KindDecision    Kind = "decision"    // what a stage decided; Name: about what, see About
	KindLedger      Kind = "ledger"      // a piece of a workflow's chain, see Ledger; Name: which part of the stage; Step: links of the chain by its end
	KindReport      Kind = "report"      // the page
	KindExperiment  Kind = "experiment"  // an experiment's whole input
	KindSimilarity  Kind = "similarity"  // how alike two runs of an experiment represent prompts; Name: which
	KindPage        Kind = "page"        // the comparison of an experiment's runs
)

// KindCurationPart is what one part of a dataset in shards gives: sketches, what is left out by
// comparing them, or what the rule leaves of it. Name and Step are as of the curation.
const KindCurationPart Kind = "curation_part"

// The names of the metrics that manifests carry; units in parentheses.
const (
	MetricRecords            = "records"              // dataset: lines
	MetricNumProblems        = "num_problems"         // dataset: number kept
	MetricMeanPrompt         = "mean_prompt_tokens"   // dataset: of the problems that are kept, or else of the examples
	MetricMeanExample        = "mean_example_tokens"  // dataset: of the examples that are kept, prompt and response
	MetricNumExamples        = "num_examples"         // dataset: number kept
	MetricProblemShards      = "problem_shards"       // dataset: number of blobs that hold the problems, absent where it is one
	MetricExampleShards      = "example_shards"       // dataset: the same of the examples
	MetricDropped            = "dropped"              // dataset: records longer than the recipe's limits
	MetricGoldsAsText        = "golds_as_text"        // dataset of domain math: share of gold answers that are compared as texts only
	MetricGoldsFailing       = "golds_failing"        // dataset of domain math: number of gold answers that a response cannot meet
	MetricUnjudged           = "unjudged: "           // dataset, then a reason: rows that no program can be judged by
	MetricBadRows            = "bad_rows: "           // dataset, then a reason: rows that the recipe says to skip
	MetricUnselected         = "unselected"           // dataset: rows that ids and since leave out
	MetricKept               = "kept"                 // dataset that a stage collects: examples that the stage gives
	MetricSolved             = "solved"               // dataset that a stage collects: problems with a correct response
	MetricRepeated           = "repeated"             // dataset that a stage collects: responses whose text is there already
	MetricSurplus            = "surplus"              // dataset that a stage collects: examples beyond per_problem
	MetricUnmatched          = "unmatched"            // dataset that a stage collects: unsolved problems without a demonstration
	MetricRowsIn             = "rows_in"              // curation: problems and examples before the rule; records is how many are left
	MetricLeftOut            = "left_out:"            // curation, dataset of a teacher: with a reason after it, rows left out for it
	MetricRetries            = "retries"              // teaching: requests beyond the first of each response
	MetricPromptTokens       = "prompt_tokens"        // teaching: by the server's count
	MetricBoughtTokens       = "bought_tokens"        // teaching: of the responses, by the server's count
	MetricFinish             = "finish:"              // teaching: with a reason after it, responses that ended for it
	MetricLoss               = "loss"                 // sft, update: nats per target token (sft); policy loss (update)
	MetricGradNorm           = "grad_norm"            // sft, update: global norm before clipping
	MetricLearningRate       = "learning_rate"        // sft, update
	MetricTrainedTokens      = "trained_tokens"       // sft, update: prompt and response tokens that went through the backward pass
	MetricTrainedSlots       = "trained_slots"        // sft, update: the places computed for them, padding included
	MetricTrainedPairs       = "trained_pairs"        // sft, update: pairs of tokens that attend to each other in them, see package compute
	MetricTrainedTargets     = "trained_targets"      // sft, update: tokens of them whose logits were wanted
	MetricForwardTokens      = "forward_tokens"       // rollouts, measurement, update: tokens that went through the decoder without training: prompts, responses, rows that were scored
	MetricForwardPairs       = "forward_pairs"        // the same: pairs of tokens
	MetricForwardTargets     = "forward_targets"      // the same: tokens whose logits were wanted
	MetricRollouts           = "rollouts"             // rollouts, measurement, update, evaluation: number
	MetricResponseTokens     = "response_tokens"      // sum over the rollouts
	MetricResponseLength     = "response_length"      // mean response tokens per rollout
	MetricTruncation         = "truncation"           // share of rollouts that the budget cut
	MetricEntropy            = "entropy"              // temperature-adjusted, nats per response token
	MetricTemperature        = "temperature"          // sampling temperature
	MetricTargetEntropy      = "target_entropy"       // temperature: nats
	MetricWithinTolerance    = "within_tolerance"     // temperature: 1 if the search met its target, else 0
	MetricEntropySE          = "entropy_se"           // measurement, temperature: standard error of the entropy, problems are the unit; absent where it is not known
	MetricTokensSquared      = "tokens_squared"       // measurement: sum over problems of their squared numbers of response tokens
	MetricTokensEntropy      = "tokens_entropy"       // measurement: sum over problems of response tokens times entropy
	MetricEntropySquared     = "entropy_squared"      // measurement: sum over problems of squared entropy
	MetricMeasurements       = "measurements"         // temperature: number of candidates that were measured
	MetricLeft               = "left"                 // decision on a band: how often the stage's entropy has left it
	MetricInterpolated       = "interpolated"         // temperature: 1 if it lies between two candidates and was not measured, else absent
	MetricImprecise          = "imprecise"            // temperature: 1 if the chosen entropy's standard error is above the bound, else absent
	MetricTooManyCut         = "too_many_cut"         // temperature: 1 if more responses were cut than the search allows, else 0
	MetricReward             = "reward"               // update: mean over the batch
	MetricCorrect            = "correct"              // verdicts: number
	MetricIncorrect          = "incorrect"            // verdicts: number
	MetricScore              = "score"                // verdicts: mean over the graded rollouts, absent if there is none
	MetricUngradable         = "ungradable"           // verdicts, update: number
	MetricGroups             = "groups"               // update: groups with a verdict
	MetricZeroVarianceGroups = "zero_variance_groups" // update: groups whose rewards are all equal
	MetricAdvantageMin       = "advantage_min"        // update: smallest advantage of a graded rollout
	MetricAdvantageMax       = "advantage_max"        // update
	MetricAdvantageStd       = "advantage_std"        // update: over the graded rollouts
	MetricAdvantageZero      = "advantage_zero"       // update: share of the graded rollouts whose advantage is 0
	MetricInformativeGroups  = "informative_groups"   // verdicts: problems whose scores are not all equal, absent where there are none
	MetricKL                 = "kl"                   // update: the KL term of the loss, absent without one
	MetricClippedLow         = "clipped_low"          // update: share of tokens at the lower bound of the ratio, absent where none is
	MetricClippedHigh        = "clipped_high"         // update: share of tokens at the upper bound
	MetricValueLoss          = "value_loss"           // update: the value head's term of the loss, absent without one
	MetricLikelihood         = "likelihood"           // update: the likelihood term of the loss, absent without one
	MetricFiltered           = "filtered"             // update: rollouts left out by overlong filtering
	MetricProblems           = "problems"             // evaluation, measurement: number
	MetricSamples            = "samples"              // evaluation: k
	MetricAvg                = "avg_at_k"             // evaluation: mean accuracy
	MetricAvgSE              = "avg_at_k_se"          // evaluation: standard error, problems are the unit
	MetricAvgSamplingSE      = "avg_at_k_sampling_se" // evaluation: standard error over other samples for the same problems
	MetricUngradableProblems = "ungradable_problems"  // evaluation: number without any verdict
	MetricPass               = "pass_at_k"            // evaluation: unbiased estimate, absent if no problem has all its verdicts
	MetricPassSE             = "pass_at_k_se"         // evaluation: standard error, problems are the unit
	MetricPassProblems       = "pass_at_k_problems"   // evaluation: number with all their verdicts
	MetricMajority           = "maj_at_k"             // evaluation: share of problems whose most frequent answer is correct, absent but for math
	MetricMajoritySE         = "maj_at_k_se"          // evaluation: standard error, problems are the unit
	MetricMajorityProblems   = "maj_at_k_problems"    // evaluation: number with all their verdicts, of math
	MetricGain               = "gain"                 // evaluation: avg@k minus that of the evaluation before, absent for the first
	MetricGainSE             = "gain_se"              // evaluation: its standard error, paired by problem
	MetricGainProblems       = "gain_problems"        // evaluation: number with a verdict in both
	MetricOrder              = "order"                // a person's order: its number in the run
	MetricRedraw             = "redraw"               // order to roll back: 1 if what follows is drawn anew, else absent
	MetricTakenBack          = "taken_back"           // order to roll back, a series: the numbers of the orders that it takes back
	MetricSteps              = "steps"                // order to extend a stage: its new number of policy steps, or of epochs
	MetricEpochs             = "epochs"               // decision to stop: how often the stage has gone through its dataset
	MetricCandidates         = "candidates"           // decision on the policy to hand on: number
	MetricUpdates            = "updates"              // the same, a series: each candidate's updates
	MetricRewardLast         = "reward_last"          // decision to stop: mean reward of the plateau's last window
	MetricRewardBefore       = "reward_before"        // decision to stop: mean reward of the window before
)

// The names of the metrics of how an evaluation's responses look.
const (
	MetricMedianLength    = "response_length_median" // response tokens
	MetricRightLength     = "response_length_right"  // mean response tokens over the correct responses, 0 if there is none
	MetricWrongLength     = "response_length_wrong"  // mean response tokens over the incorrect responses, 0 if there is none
	MetricNoReasoningEnd  = "no_reasoning_end"       // share of responses without </think>
	MetricNoAnswer        = "no_answer"              // share of responses in which no box or program was found
	MetricUngradableShare = "ungradable_share"       // share of responses without a verdict
)

// RunID names one run: the run name that its owner gave, and the Run ID of the
// first Temporal execution, which tells two runs of the same name apart.
type RunID struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

// Prefix is the key prefix of everything that the run records.
func (r RunID) Prefix() string { return Root + r.Name + "/" + r.ID + "/" }

// Work says who did a piece of work, when, and what it cost. It is the only part
// of a manifest that differs between two runs of the same recipe.
type Work struct {
	Worker      string `json:"worker"`
	CodeVersion string `json:"code_version"`
	// Numerics is the version of the arithmetic that the worker computes with; 0 is not recorded, and was 1. Allowed says who
	// has let it compute for a run that began with another version, and why.
	Numerics   int       `json:"numerics,omitempty"`
	Allowed    string    `json:"allowed,omitempty"`
	Attempt    int       `json:"attempt"`
	Started    time.Time `json:"started"`
	Ended      time.Time `json:"ended"`
	CPUSeconds float64   `json:"cpu_seconds"`
	// Device is what the worker computes on: "cpu", or a name of package compute's table; "" is not known.
	Device string `json:"device,omitempty"`
	// Peak is the operations per second that all the cores of a worker without an accelerator were measured to do.
	Peak float64 `json:"peak,omitempty"`
	// EarlierSeconds is how long earlier attempts took over what this one did not have to do again.
	EarlierSeconds float64 `json:"earlier_seconds,omitempty"`
}

// WallSeconds is how long the work took.
func (w Work) WallSeconds() float64 { return w.EarlierSeconds + w.Ended.Sub(w.Started).Seconds() }

// Schema is the version of the form in which manifests are written. Before 1 they had no
// version, and named no input document.
const Schema = 1

// Manifest records one piece of work: what went in, what came out, what was
// measured. It is written once, after everything it names.
type Manifest struct {
	// Schema is the version of this form, see Schema.
	Schema int   `json:"schema,omitempty"`
	Kind   Kind  `json:"kind"`
	Run    RunID `json:"run"`
	// Stage is the stage, "" for work that belongs to the whole run.
	Stage string `json:"stage,omitempty"`
	// Name tells manifests of one kind and stage apart (dataset, benchmark).
	Name string `json:"name,omitempty"`
	// Step is the policy step, update count or measurement number.
	Step int `json:"step"`
	// Shard is the shard's number, for rollouts and verdicts.
	Shard int `json:"shard"`
	// Input is the whole input of the work as a JSON document: policy, data, settings, seed.
	// Its digest is the one in the manifest's key.
	Input   Ref            `json:"input,omitzero"`
	Inputs  map[string]Ref `json:"inputs,omitempty"`
	Outputs map[string]Ref `json:"outputs,omitempty"`
	// Grader names the rules, with their versions, that verdicts were given by.
	Grader string `json:"grader,omitempty"`
	// Unrepeatable says that the work, done again, may have another result: the verdicts of a
	// reward of the user's that is not deterministic. What is recorded is all there is.
	Unrepeatable bool `json:"unrepeatable,omitempty"`
	// Given is of a decision that a person gave: who, when and why.
	Given *Given `json:"given,omitempty"`
	// Remarks are sentences for the run's owner about what was found.
	Remarks []string `json:"remarks,omitempty"`
	// Metrics are keyed by the Metric constants.
	Metrics map[string]float64 `json:"metrics,omitempty"`
	// Series holds a metric's value per update, where one manifest covers several.
	Series map[string][]float64 `json:"series,omitempty"`
	// Ledger is the piece of a chain that a ledger records.
	Ledger *Ledger `json:"ledger,omitempty"`
	// Seal, of a report, is where the run's chain ended when it was written.
	Seal *Seal `json:"seal,omitempty"`
	Work Work  `json:"work"`
	// Link names the manifest once it is stored: see records.Decode.
	Link Link `json:"-"`
	// Digest is the SHA-256 of the manifest's JSON form with zeros in its place. Only
	// the form that Encode wrote has it: DecodeManifest compares it and takes it away.
	Digest string `json:"digest,omitempty"`
}

// Encode is the manifest's JSON form. It ends with the digest of all the rest,
// so that DecodeManifest notices any damage.
func (m Manifest) Encode() ([]byte, error) {
	m.Digest = noDigest
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode %s manifest: %w", m.Kind, err)
	}
	at := bytes.LastIndex(data, []byte(noDigest))
	copy(data[at:], RefOf(data).SHA256)
	return data, nil
}

// noDigest stands for the digest while it is computed.
var noDigest = strings.Repeat("0", 2*sha256.Size)

// DecodeManifest reads what Encode wrote. The error wraps ErrCorrupt when data is
// anything else.
func DecodeManifest(data []byte) (Manifest, error) {
	var head struct { // what every form of it has
		Schema int    `json:"schema"`
		Digest string `json:"digest"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Manifest{}, fmt.Errorf("decode manifest of %d bytes: %w: %w", len(data), err, ErrCorrupt)
	}
	if head.Digest != "" { // else an earlier version wrote it
		whole := bytes.Clone(data)
		if at := bytes.LastIndex(whole, []byte(head.Digest)); at >= 0 && len(head.Digest) == len(noDigest) {
			copy(whole[at:], noDigest)
		}
		if RefOf(whole).SHA256 != head.Digest {
			return Manifest{}, fmt.Errorf("decode manifest: its digest does not fit: %w", ErrCorrupt)
		}
	}
	if head.Schema > Schema {
		return Manifest{}, fmt.Errorf("decode manifest: it is of schema %d, which a newer temper reads; this one reads up to %d", head.Schema, Schema)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, fmt.Errorf("decode manifest of %d bytes: %w: %w", len(data), err, ErrCorrupt)
	}
	if m.Kind == "" {
		return Manifest{}, fmt.Errorf("decode manifest: it has no kind: %w", ErrCorrupt)
	}
	m.Digest = ""
	return m, nil
}
