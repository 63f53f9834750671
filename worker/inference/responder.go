package inference

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"temper/model/rollout"
	"temper/model/sampling"
	"temper/model/tokenizer"
	"temper/model/tokenizer/chat"
	"temper/model/transformer"
	"temper/starter/conversation"
	"temper/starter/jsonlines"
)

// responder answers lines.
type responder struct {
	config    transformer.Config
	tok       tokenizer.Tokenizer // nil if there is none
	template  *chat.Template      // nil if there is none
	eos       []int32
	generator *sampling.Generator
	options   sampling.Options // of the generator
}

// load finds the tokenizer, its chat template, and the tokens that end a response.
func (r *responder) load(m localModel, tokenizerName string, settings chat.Settings) (err error) {
	if r.eos, err = m.files.EOS(); err != nil {
		return err
	}
	if r.tok, err = m.tokenizer(tokenizerName); err != nil || r.tok == nil {
		return err
	}
	if r.tok.EOS() >= 0 && !slices.Contains(r.eos, r.tok.EOS()) {
		r.eos = append(r.eos, r.tok.EOS())
	}
	if r.template, err = chat.Load(r.tok.Files()); errors.Is(err, chat.ErrNoTemplate) {
		return nil
	}
	if err == nil {
		r.template, err = r.template.With(settings)
	}
	return err
}

// question is what one line asks.
type question struct {
	line     *jsonlines.Line
	prompt   []int32
	n        int
	seed     uint64
	sampling rollout.Sampling
}

// respond answers a batch of lines; those that are sampled alike are sampled together.
func (r *responder) respond(ctx context.Context, lines []*jsonlines.Line) error {
	var alike [][]question // in the order of their first line
	for _, line := range lines {
		q, err := r.read(line)
		if err != nil {
			line.Fail(err)
			continue
		}
		i := slices.IndexFunc(alike, func(group []question) bool { return reflect.DeepEqual(group[0].sampling, q.sampling) })
		if i < 0 {
			i, alike = len(alike), append(alike, nil)
		}
		alike[i] = append(alike[i], q)
	}
	for _, group := range alike {
		if err := r.answer(ctx, group); err != nil {
			return err
		}
	}
	return nil
}

// read reads a line's fields.
func (r *responder) read(line *jsonlines.Line) (question, error) {
	q := question{line: line, n: 1, sampling: rollout.Sampling{Temperature: 1, TopP: 1, EOS: r.eos}}
	var err error
	if q.prompt, err = r.prompt(line); err != nil {
		return q, err
	}
	for _, f := range []struct {
		name, valid string
		value       any
	}{
		{"n", "a whole number", &q.n}, {"max_tokens", "a whole number", &q.sampling.MaxResponseTokens}, {"top_k", "a whole number", &q.sampling.TopK},
		{"temperature", "a number", &q.sampling.Temperature}, {"top_p", "a number", &q.sampling.TopP}, {"seed", "a whole number from 0", &q.seed},
	} {
		given, err := line.Get(f.name, f.value, f.valid)
		if err != nil {
			return q, err
		}
		if f.name == "max_tokens" && given && q.sampling.MaxResponseTokens < 1 {
			return q, fmt.Errorf("max_tokens is %d; valid: at least 1", q.sampling.MaxResponseTokens)
		}
	}
	room := r.config.MaxPositionEmbeddings - len(q.prompt)
	if room < 1 || q.sampling.MaxResponseTokens > room {
		return q, fmt.Errorf("the prompt has %d tokens and max_tokens is %d; valid: at most %d together, the model's max_position_embeddings",
			len(q.prompt), cmp.Or(q.sampling.MaxResponseTokens, 1), r.config.MaxPositionEmbeddings)
	}
	q.sampling.MaxResponseTokens = cmp.Or(q.sampling.MaxResponseTokens, min(defaultMaxTokens, room))
	if q.n < 1 {
		return q, fmt.Errorf("n is %d; valid: at least 1", q.n)
	}
	return q, q.sampling.Validate()
}

var errOnePrompt = errors.New("exactly one of prompt, messages and ids is wanted")

// prompt returns the tokens of the one field that asks.
func (r *responder) prompt(line *jsonlines.Line) ([]int32, error) {
	ids, hasIDs, err := idsOf(line, r.config.VocabSize)
	if err != nil {
		return nil, err
	}
	var text string
	hasText, err := line.Get("prompt", &text, "a string")
	if err != nil {
		return nil, err
	}
	messages, err := conversation.Read(line)
	switch {
	case err != nil:
		return nil, err
	case hasIDs && !hasText && messages == nil:
		return ids, nil
	case hasIDs || hasText == (messages != nil):
		return nil, errOnePrompt
	case r.tok == nil:
		return nil, errors.New("the model's folder has no tokenizer; valid: ids, or --tokenizer")
	}
	if messages != nil {
		if text, err = messages.Render(r.template); err != nil {
			return nil, err
		}
	} else if bos := r.tok.BOS(); bos >= 0 { // a template writes its own
		ids = []int32{bos}
	}
	tokens, err := r.tok.Encode(text)
	if err == nil && len(ids)+len(tokens) == 0 {
		err = errors.New("the prompt is empty; valid: at least one token")
	}
	return append(ids, tokens...), err
}

// response is one of a line's responses as it comes out.
type response struct {
	IDs          []int32   `json:"ids"`
	Text         *string   `json:"text,omitempty"`
	LogProbs     []float32 `json:"logprobs"`
	FinishReason string    `json:"finish_reason"`
}

// answer samples the responses to lines that are sampled alike.
func (r *responder) answer(ctx context.Context, questions []question) error {
	var requests []rollout.Request
	for i, q := range questions {
		for sample := range q.n {
			requests = append(requests, rollout.Request{
				Problem: i, Sample: sample, Seed: rollout.Seed(q.seed, "generate", 0, 0, sample), Prompt: q.prompt,
			})
		}
	}
	longest := 0
	for _, request := range requests {
		longest = max(longest, len(request.Prompt))
	}
	takes, err := r.options.Memory(r.config, len(requests), longest, questions[0].sampling.MaxResponseTokens)
	if err == nil {
		err = fitHere(takes)
	}
	if err != nil {
		return err
	}
	rollouts, err := r.generator.Generate(ctx, requests, questions[0].sampling, nil)
	if err != nil {
		return err
	}
	responses := make([][]response, len(questions))
	for _, o := range rollouts {
		responses[o.Problem] = append(responses[o.Problem], r.response(o))
	}
	for i, q := range questions {
		q.line.Add("responses", responses[i])
	}
	return nil
}

func (r *responder) response(o rollout.Rollout) response {
	out := response{IDs: o.Response, LogProbs: o.LogProbs, FinishReason: string(o.Finish)}
	if r.tok == nil {
		return out
	}
	said := o.Response
	if !o.Truncated() {
		said = said[:len(said)-1]
	}
	text := r.tok.Decode(said)
	out.Text = &text
	return out
}
