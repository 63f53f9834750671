// Package recipe is the complete typed description of a training procedure: what
// is trained, on which data, in which stages, with which numbers. A recipe is a
// workflow's whole input, so nothing that steers a run lives anywhere else.
//
// Recipes are written in YAML by people and travel as JSON; both decode into the
// one struct below, and a key that it does not have is refused.
package recipe

// Recipe describes one run: what it starts from, its data, its stages in order,
// and the evaluation after each.
type Recipe struct {
	// Name labels the recipe. The run name is given when a run starts.
	Name string `json:"name"`
	// Seed is the root of everything random in the run.
	Seed uint64 `json:"seed"`
	// Parent is the checkpoint of another run that this one begins with; absent, it begins with Model.
	Parent *Parent `json:"parent,omitempty"`
	// Model is the architecture and how it is initialised.
	Model Model `json:"model"`
	// Tokenizer is "base" (the one in the base model's folder), "synthetic" (the
	// 53-token vocabulary of the synthetic task), "bytes" (chat tokens and the
	// 256 bytes, for arbitrary text), or the path or s3:// URI of a folder with a
	// tokenizer.json or of a llama2.c vocabulary file (*.bin).
	Tokenizer string `json:"tokenizer"`
	// Prompt is how a question read from a file becomes the text that the policy continues.
	Prompt Prompt `json:"prompt"`
	// Data names every dataset that the stages and benchmarks use.
	Data map[string]Dataset `json:"data"`
	// Stages are what the run does, in order: any kinds in any order.
	Stages []Stage `json:"stages"`
	// TemperatureSearch is how a stage with temperature "search" finds its temperature.
	TemperatureSearch TemperatureSearch `json:"temperature_search,omitzero"`
	// Programs is how programs are judged; absent, by the defaults.
	Programs Programs `json:"programs,omitzero"`
	// Evaluation is what is measured after every stage.
	Evaluation Evaluation `json:"evaluation"`
	// Guard is what follows where the run has nothing to learn from.
	Guard Guard `json:"guard,omitzero"`
	// Numerics fixes the shapes that decide the order of floating-point sums, so
	// that a digest can be reproduced.
	Numerics Numerics `json:"numerics"`
	// ContinueFrom is the Run ID of an earlier run of the same name and recipe: the
	// run goes on from what that one has in the store. Empty, it begins anew. It
	// belongs to the run and not to what the recipe describes: Digest leaves it out.
	ContinueFrom string `json:"continue_from,omitempty"`
}

// Model is what the run starts from: a base model, or a Qwen2 decoder trained
// from nothing, in the terms of Hugging Face's config.json. The vocabulary size
// comes from the base model or else from the tokenizer.
type Model struct {
	// Base is the local path or s3:// URI of a folder in Hugging Face layout. The
	// architecture is then that of its config.json, and of the fields below only
	// MaxPositionEmbeddings and RopeTheta are given.
	Base              string `json:"base,omitempty"`
	HiddenSize        int    `json:"hidden_size,omitempty"`
	IntermediateSize  int    `json:"intermediate_size,omitempty"`
	NumHiddenLayers   int    `json:"num_hidden_layers,omitempty"`
	NumAttentionHeads int    `json:"num_attention_heads,omitempty"`
	NumKeyValueHeads  int    `json:"num_key_value_heads,omitempty"`
	// MaxPositionEmbeddings bounds prompt and response together.
	MaxPositionEmbeddings int `json:"max_position_embeddings"`
	// RopeTheta is the base of the rotary angles; with a base model 0 keeps its own.
	RopeTheta         float64 `json:"rope_theta,omitempty"`
	RMSNormEps        float64 `json:"rms_norm_eps,omitempty"`
	TieWordEmbeddings bool    `json:"tie_word_embeddings,omitempty"`
	// Init is how a model that is trained from nothing starts; absent with a base model.
	Init *Init `json:"init,omitempty"`
	// Served is, in place of all of the above, a model that a server holds, to be measured.
	Served *Served `json:"served,omitempty"`
}

// Init is the initialisation of a model trained from nothing: normal embeddings,
// normal matrices with standard deviation 1/sqrt(fan_in), zero biases, unit norms.
type Init struct {
	// EmbeddingStd is the standard deviation of the embeddings.
	EmbeddingStd float64 `json:"embedding_std"`
	// OutputGain scales the matrices that write into the residual stream (o_proj, down_proj).
	OutputGain float64 `json:"output_gain"`
}

// Prompt is the frame around a question. {question} stands for the question in
// Math, Code and Activity.
type Prompt struct {
	// Format is "tokens" (<user>QUESTION<asst><think>, the built-in vocabularies'
	// chat tokens), "chat" (the tokenizer's chat template), "plain" (Math, Code
	// or Activity as they are) or "acereason" (a chat with the paper's texts, see Texts).
	Format PromptFormat `json:"format"`
	// System is the system message of a chat; "" leaves it to the template.
	System string `json:"system,omitempty"`
	// Math, Code and Activity are the user's message to problems of the domain of that
	// name, or the whole prompt of the format plain.
	Math     string `json:"math,omitempty"`
	Code     string `json:"code,omitempty"`
	Activity string `json:"activity,omitempty"`
	// CodeStarter is Code for problems with a header that the program has to begin with, which
	// stands in the place of {starter}; "" asks them by Code, with the header in the question.
	CodeStarter string `json:"code_starter,omitempty"`
	// Variables are further variables of the chat template, each value as JSON text, such
	// as enable_thinking: "false".
	Variables map[string]string `json:"variables,omitempty"`
	// Date is the day, YYYY-MM-DD, that a chat template gets where it asks for today's.
	Date string `json:"date,omitempty"`
	// Prefix is put after the prompt: what the response is made to begin with.
	Prefix string `json:"prefix,omitempty"`
	// Labels are put after Prefix where a stage or benchmark asks for one of them.
	Labels Labels `json:"labels,omitzero"`
	// End is the token that ends a response, such as "<|im_end|>"; "" is the
	// tokenizer's end-of-sequence token.
	End string `json:"end,omitempty"`
}

// Dataset is where problems or examples come from: a generator, or a JSONL file at
// a path or s3:// URI. Exactly one of Synthetic, Graph and Format is set.
type Dataset struct {
	Synthetic *Synthetic `json:"synthetic,omitempty"`
	Graph     *Graph     `json:"graph,omitempty"`
	// Made takes over a dataset that another run has made.
	Made *Made `json:"made,omitempty"`
	// URI is a local path or an s3://bucket/key of a JSONL file, which may be gzip or zstd, or of
	// a Parquet file. A * in its name stands for any text: all files that there are, in the
	// order of their names, as in /data/train-*.parquet.
	URI string `json:"uri,omitempty"`
	// FileOf names, instead of URI, the dataset whose file is read: another view of one file.
	FileOf string `json:"file_of,omitempty"`
	// Format is how the file's lines are read: "gsm8k" ({question, answer}), "math"
	// ({problem, solution, answer}, as MATH-500's),
	// "contest" (as competitions' problems are published, see package source),
	// "problems" ({problem, answer}, {problem, tests, starter}, or in the domain "activity" {problem}
	// with any other fields), "examples" ({prompt, response}), "rows" (by Fields), a data set
	// whose fields are known (see PublishedFormats), or one of the data sets of
	// programs as they are published, with their own rules: see ProgramFormats.
	Format Format `json:"format,omitempty"`
	// Fields says where the rows of the format rows have what is read from them.
	Fields *Fields `json:"fields,omitempty"`
	// IDs reads only the rows whose names a file lists.
	IDs *IDs `json:"ids,omitempty"`
	// Since, a day as in 2024-08-01, reads only the rows of the format livecodebench that are
	// dated on it or later.
	Since string `json:"since,omitempty"`
	// Source and Licence say, on a line each, where the rows come from and under which terms they may be used, as an
	// audit repeats them: "https://huggingface.co/datasets/openai/gsm8k", "MIT". No result depends on them.
	Source  string `json:"source,omitempty"`
	Licence string `json:"licence,omitempty"`
	// Limit reads only the first rows, of all files together (of those that IDs and Since leave); 0 reads all.
	Limit int `json:"limit,omitempty"`
	// SkipBadRows leaves rows out that cannot be used, counts them by reason and names the
	// first; without it the first of them ends the run.
	SkipBadRows bool `json:"skip_bad_rows,omitempty"`
	// ShardRows stores the dataset in shards of so many rows at most; by default a shard has as
	// many as 32 MiB hold, 65,536 at most, and a dataset that is not larger is one. Which rows there are, and their
	// order, does not depend on it.
	ShardRows int `json:"shard_rows,omitempty"`
	// Calculations cuts the solutions of the format gsm8k into problems of one step.
	Calculations *Calculations `json:"calculations,omitempty"`
}

// Dataset is a dataset with its file: the one of another dataset if it says so.
func (r Recipe) Dataset(name string) Dataset {
	d := r.Data[name]
	if d.FileOf != "" {
		d.URI = r.Data[d.FileOf].URI
	}
	return d
}

// Drawn is what the settings of all generators have.
type Drawn struct {
	// Kind is what is drawn, and Count how many prompts.
	Kind  SyntheticKind
	Count int
	// HeldOut says that no stage may train on it.
	HeldOut bool
}

// drawn says whether a generator draws the dataset.
func (d Dataset) drawn() bool {
	_, ok := d.Drawn()
	return ok
}

// Drawn is what a generator draws; false if the dataset is a file.
func (d Dataset) Drawn() (Drawn, bool) {
	switch {
	case d.Synthetic != nil:
		return Drawn{d.Synthetic.Kind, d.Synthetic.Count, d.Synthetic.HeldOut}, true
	case d.Graph != nil:
		return Drawn{d.Graph.Kind, d.Graph.Count, d.Graph.HeldOut}, true
	}
	return Drawn{}, false
}

// First is a drawn dataset with at most n prompts.
func (d Dataset) First(n int) Dataset {
	if s := d.Synthetic; s != nil {
		few := *s
		few.Count = min(few.Count, n)
		d.Synthetic = &few
	}
	if g := d.Graph; g != nil {
		few := *g
		few.Count = min(few.Count, n)
		d.Graph = &few
	}
	return d
}

// Calculations makes a problem of each calculation that a GSM8K solution
// annotates, as in "48+24 = <<48+24=72>>72", if it is of two whole numbers that
// stand in the prompt. Its result is the answer.
type Calculations struct {
	// Prompt is "sentence" (the solution's line up to the calculation, which often
	// says what to calculate) or "question" (the question's last sentence and the
	// calculations before: what to calculate has to be found).
	Prompt CalculationPrompt `json:"prompt"`
	// MaxNumber leaves out calculations with a greater number in them.
	MaxNumber int `json:"max_number"`
	// AnswerOnly is the share of the examples whose response is the result without
	// the calculation.
	AnswerOnly float64 `json:"answer_only,omitempty"`
}

// Synthetic asks the generator of the newcomer's task for data.
type Synthetic struct {
	// Kind is "base-text" (plain worked text), "demonstrations" (prompts with
	// reasoned responses) or "problems" (prompts with a verifiable answer).
	Kind SyntheticKind `json:"kind"`
	// Count is how many prompts are drawn (before ResponsesPerPrompt).
	Count int `json:"count"`
	// CodeFraction is the share of code problems: 0 is all math, 1 all code.
	CodeFraction float64 `json:"code_fraction,omitempty"`
	// Operations are the possible numbers of operations of a math problem.
	Operations []int `json:"operations,omitempty"`
	// Depths are the possible numbers of atomic functions of a code problem, which asks for their
	// composition; empty: linear functions.
	Depths []int `json:"depths,omitempty"`
	// Styles is the mix of response styles ("concise", "verbose", "guess") of demonstrations.
	Styles map[Style]float64 `json:"styles,omitempty"`
	// ResponsesPerPrompt is how many demonstrations each prompt gets; 0 means 1.
	ResponsesPerPrompt int `json:"responses_per_prompt,omitempty"`
	// HeldOut draws from the held-out fifth of the problem identities, without repeats; otherwise from the rest.
	HeldOut bool `json:"held_out,omitempty"`
	// Worded asks in English too, for rules of curation and teachers, and gives code problems a
	// golden solution, a day and a URL; prompts stay in the vocabulary's notation.
	Worded bool `json:"worded,omitempty"`
	// Planted are rows that rules of curation have to find.
	Planted *Planted `json:"planted,omitempty"`
	// Seed fixes the data whatever the run's seed; 0 derives it from the run's seed and the dataset's name.
	Seed uint64 `json:"seed,omitempty"`
}

// Guard says what follows where policy steps in a row, a whole stage or a
// temperature search had nothing to learn from, and where a stage
// lowered a benchmark by more than two paired standard errors. Each is remarked
// in the run's progress, page and report, whatever the action.
type Guard struct {
	// Action is "warn" (or "": the remark alone), "wait" (the run is paused until a
	// person resumes or stops it) or "fail".
	Action GuardAction `json:"action,omitempty"`
	// EmptySteps is the number of policy steps in a row without anything to learn
	// from that the action follows; 0 means 5.
	EmptySteps int `json:"empty_steps,omitempty"`
}

// Evaluation is measured on the policy that a stage leaves, after every stage.
type Evaluation struct {
	// Before measures what the run begins with too, before the first stage.
	Before     bool        `json:"before,omitempty"`
	Benchmarks []Benchmark `json:"benchmarks"`
}

// Benchmark is one measurement of avg@k and pass@k.
type Benchmark struct {
	// Named is a benchmark of the table (BenchmarkNames), which gives what is left out below.
	Named  string `json:"benchmark,omitempty"`
	Name   string `json:"name"`
	Domain Domain `json:"domain"`
	// Reward is the verifier of the domain "activity".
	Reward *Reward `json:"reward,omitempty"`
	Data   string  `json:"data"`
	// Label is what the prompts carry: see Prompt.Labels.
	Label Label `json:"label,omitempty"`
	// Prompt is the user's message to the benchmark's problems, with {question} in it,
	// instead of the recipe's for the domain.
	Prompt string `json:"prompt,omitempty"`
	// Samples is k: responses per problem.
	Samples           int     `json:"samples"`
	Temperature       float64 `json:"temperature"`
	TopP              float64 `json:"top_p"`
	MaxResponseTokens int     `json:"max_response_tokens"`
	// Grading is how responses are judged: "strict" (or ""), as rewards are, "lenient", which also
	// finds answers that no box holds, or "acereason-toolkit", as the authors of
	// AceReason-Nemotron published figures. AlsoGrading, if given, is another of these: the same
	// responses are judged by both, and both figures are published (see Also).
	Grading     Grading `json:"grading,omitempty"`
	AlsoGrading Grading `json:"also_grading,omitempty"`
	// Extract is which part of a response a benchmark of domain code takes for its program,
	// instead of Programs.Extract.
	Extract Extract `json:"extract,omitempty"`
	// Shards is into how many parts the rollouts are cut.
	Shards int `json:"shards"`
}

// Numerics fixes the shapes of the compiled graphs, and with them the order of sums.
type Numerics struct {
	// MicroBatchTokens is the size of one forward and backward pass: a micro-batch
	// has as many rows of its length as fit, at least one.
	MicroBatchTokens int `json:"micro_batch_tokens"`
	// Packing puts several sequences into one row of a micro-batch, each attending to itself only.
	Packing bool `json:"packing"`
	// GradientCheckpointing keeps only the inputs of layers for the backward pass
	// and computes the rest again: a third more work, a fraction of the memory.
	GradientCheckpointing bool `json:"gradient_checkpointing"`
	// Compute is what training rounds the factors of matrix products to, "float32"
	// (or "") or "bfloat16". Sums, weights, gradients and moments are float32.
	Compute Compute `json:"compute,omitempty"`
	// Backend pins what computes, since results differ in their last bits between
	// backends: "cpu" (temper's kernels; AVX2 and AVX-512 give the same bits), "go"
	// (GoMLX's own, any processor) or "cpu:kernels=CLASS"; "" leaves it to the worker.
	Backend string `json:"backend,omitempty"`
	// GenerationRows is the number of rows that one generator decodes at once: it changes speed, not results.
	GenerationRows int `json:"generation_rows,omitempty"`
	// Version is that of the arithmetic (`worker -version` says a worker's): workers of another one leave the
	// run's work to those that have it. 0 is that of the worker that begins the run.
	Version int `json:"version,omitempty"`
	// AnyVersion lets workers of every version do the run's work, each recorded with its own. The same recipe may then end
	// with other weights.
	AnyVersion bool `json:"any_version,omitempty"`
}

// Training is what decides the results of an update: digests depend on nothing else.
func (n Numerics) Training() Numerics {
	n.GenerationRows, n.Version, n.AnyVersion = 0, 0, false
	return n
}
