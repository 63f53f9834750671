package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/reward"
	"temper/model/rollout"
	"temper/model/samples"
	"temper/model/teacher"
	"temper/model/tokenizer"
)

// SampleFilter says which judged responses of a run are read; its zero value is all of them.
type SampleFilter struct {
	// Stage is a stage's name, of which evaluations after it are a part, or that of one evaluation.
	Stage string
	// Step is a policy step, from 1.
	Step int
	// Problem is a problem's ID, or its place in the dataset.
	Problem string
	Verdict reward.Verdict
}

// SampledStages says of each stage that judged responses are recorded as which stage of the recipe it
// is of: itself, or the one that an evaluation measures (its responses are recorded as after-STAGE-BENCHMARK,
// and the step inside the stage, where it has one, stands after the stage's name, as in math@50).
func SampledStages(manifests []artifact.Manifest) map[string]string {
	measured := map[string]string{}
	for _, m := range manifests {
		if m.Kind == artifact.KindEvaluation {
			measured["after-"+m.Stage+"-"+m.Name], _, _ = strings.Cut(m.Stage, "@")
		}
	}
	stages := map[string]string{}
	for _, m := range manifests {
		if m.Kind == artifact.KindVerdicts {
			stages[m.Stage] = cmp.Or(measured[m.Stage], m.Stage)
		}
	}
	return stages
}

// shard says whether some samples of a shard may be asked for; of is the stage that it is of.
func (f SampleFilter) shard(m artifact.Manifest, of string) bool {
	ofStage := f.Stage == "" || f.Stage == of || f.Stage == m.Stage
	return m.Kind == artifact.KindVerdicts && ofStage && (f.Step == 0 || f.Step == policyStep(m, of))
}

// sample says whether a sample is asked for, as far as its verdict tells.
func (f SampleFilter) sample(r reward.Record) bool {
	return (f.Verdict == "" || r.Verdict == f.Verdict) && (f.Problem == "" || f.Problem == r.ID || f.Problem == strconv.Itoa(r.Problem))
}

// policyStep is the step of a shard as people count it; an evaluation has none.
func policyStep(m artifact.Manifest, of string) int {
	if m.Stage != of {
		return 0
	}
	return m.Step + 1
}

// EachSample hands the judged responses of a run to each, in the order in which the stages began and
// then by step, shard and place; errors of each end it and are returned. A shard is held at a time.
func EachSample(ctx context.Context, store rows.Blobs, manifests []artifact.Manifest, f SampleFilter, each func(samples.Sample) error) error {
	r := sampleReader{store: store, stages: SampledStages(manifests), updates: updatesOf(manifests)}
	shards := slices.DeleteFunc(slices.Clone(manifests), func(m artifact.Manifest) bool { return !f.shard(m, r.stages[m.Stage]) })
	began := map[string]int64{}
	for _, m := range shards {
		if at, ok := began[m.Stage]; !ok || m.Work.Started.UnixNano() < at {
			began[m.Stage] = m.Work.Started.UnixNano()
		}
	}
	slices.SortStableFunc(shards, func(a, b artifact.Manifest) int {
		return cmp.Or(cmp.Compare(began[a.Stage], began[b.Stage]), strings.Compare(a.Stage, b.Stage), cmp.Compare(a.Step, b.Step), cmp.Compare(a.Shard, b.Shard))
	})
	for _, m := range shards {
		if err := r.shard(ctx, m, f, each); err != nil {
			return err
		}
	}
	return nil
}

// stageStep is a policy step of a stage, from 1.
type stageStep struct {
	stage string
	step  int
}

// updatesOf are the stored updates by their step.
func updatesOf(manifests []artifact.Manifest) map[stageStep]artifact.Ref {
	updates := map[stageStep]artifact.Ref{}
	for _, m := range manifests {
		if m.Kind == artifact.KindUpdate {
			updates[stageStep{m.Stage, m.Step}] = m.Outputs[artifact.OutputUpdate]
		}
	}
	return updates
}

// sampleReader reads samples and keeps what neighbouring shards share.
type sampleReader struct {
	store rows.Blobs
	// stages are SampledStages. Without updates no advantage is computed.
	stages  map[string]string
	updates map[stageStep]artifact.Ref

	vocabularyRef, datasetRef artifact.Ref
	tok                       tokenizer.Tokenizer
	shelf                     rows.Shelf
	problems                  *rows.Table[dataset.Problem]
	updateRef                 artifact.Ref
	advantages                map[advantageKey]float64
}

// advantageKey is a rollout of a step.
type advantageKey struct{ problem, sample int }

// shard hands out the samples of one shard.
func (s *sampleReader) shard(ctx context.Context, m artifact.Manifest, f SampleFilter, each func(samples.Sample) error) error {
	fail := func(err error) error {
		return fmt.Errorf("samples of %s step %d shard %d: %w", m.Stage, m.Step+1, m.Shard+1, err)
	}
	if m.Outputs[artifact.OutputVerdicts].IsZero() { // a rule of curation found no program to try
		return nil
	}
	records, err := decoded(ctx, s.store, m.Outputs[artifact.OutputVerdicts], reward.Decode)
	if err != nil {
		return fail(err)
	}
	if !slices.ContainsFunc(records, f.sample) {
		return nil
	}
	said, err := s.said(ctx, m, records)
	if err != nil {
		return fail(err)
	}
	if len(said) != len(records) {
		return fail(fmt.Errorf("there are %d responses, and %d verdicts", len(said), len(records)))
	}
	if err := s.readAdvantages(ctx, m); err != nil {
		return fail(err)
	}
	for i, r := range records {
		if !f.sample(r) {
			continue
		}
		sample := said[i]
		sample.Stage, sample.Step, sample.Problem, sample.Index, sample.Sample = m.Stage, policyStep(m, s.stages[m.Stage]), r.ID, r.Problem, r.Sample
		sample.Verdict, sample.Reason, sample.Extracted, sample.Score, sample.Grader = string(r.Verdict), r.Reason, r.Extracted, r.Score, m.Grader
		if a, ok := s.advantages[advantageKey{r.Problem, r.Sample}]; ok {
			sample.Advantage = &a
		}
		problem, err := s.problems.At(ctx, r.Problem)
		if err != nil {
			return fail(err)
		}
		sample.Prompt, sample.Answer = cmp.Or(sample.Prompt, problem.Prompt), problem.Answer
		if err := each(sample); err != nil {
			return err
		}
	}
	return nil
}

// said are the texts of a shard: a policy's rollouts, a teacher's responses, or the programs that a rule of curation tried.
func (s *sampleReader) said(ctx context.Context, m artifact.Manifest, records []reward.Record) ([]samples.Sample, error) {
	if ref := m.Inputs[inputDataset]; ref != s.datasetRef {
		problems, err := rows.Open(ctx, s.store, &s.shelf, rows.Problems, ref)
		if err != nil {
			return nil, err
		}
		s.datasetRef, s.problems = ref, problems
	}
	switch {
	case m.Inputs[artifact.OutputRollouts].IsZero() && m.Inputs[artifact.OutputResponses].IsZero():
		said := make([]samples.Sample, len(records))
		for i, r := range records {
			said[i].Response = r.Extracted
		}
		return said, nil
	case m.Inputs[artifact.OutputRollouts].IsZero():
		return s.taught(ctx, m)
	}
	rollouts, err := decoded(ctx, s.store, m.Inputs[artifact.OutputRollouts], rollout.Decode)
	if err != nil {
		return nil, err
	}
	if err := s.readVocabulary(ctx, m.Input); err != nil {
		return nil, err
	}
	said := make([]samples.Sample, len(rollouts))
	for i, r := range rollouts {
		said[i] = samples.Sample{
			Prompt: s.tok.Decode(r.Prompt[:len(r.Prompt)-r.Hint]), Response: textOf(s.tok, r), Tokens: len(r.Response), Truncated: r.Truncated(),
		}
	}
	return said, nil
}

// readVocabulary reads the vocabulary that the input of a shard's verdicts names.
func (s *sampleReader) readVocabulary(ctx context.Context, input artifact.Ref) error {
	in, err := decoded(ctx, s.store, input, func(data []byte) (in ScoreRolloutsInput, err error) {
		return in, json.Unmarshal(data, &in)
	})
	if err != nil || in.Vocabulary == s.vocabularyRef {
		return err
	}
	v, err := readVocabulary(ctx, s.store, in.Vocabulary)
	s.vocabularyRef, s.tok = in.Vocabulary, v.tok
	return err
}

// taught are a teacher's responses.
func (s *sampleReader) taught(ctx context.Context, m artifact.Manifest) ([]samples.Sample, error) {
	answers, err := decoded(ctx, s.store, m.Inputs[artifact.OutputResponses], teacher.DecodeRows)
	if err != nil {
		return nil, err
	}
	said := make([]samples.Sample, len(answers))
	for i, r := range answers {
		problem, err := s.problems.At(ctx, r.Problem)
		if err != nil {
			return nil, err
		}
		said[i] = samples.Sample{Response: r.Text(problem.Prompt), Tokens: r.CompletionTokens, Truncated: r.IsCut()}
	}
	return said, nil
}

// readAdvantages computes again what the shard's update gave each response, where that needs
// nothing but rewards and is one number for all of a response's tokens.
func (s *sampleReader) readAdvantages(ctx context.Context, m artifact.Manifest) error {
	ref := s.updates[stageStep{m.Stage, m.Step + 1}]
	if ref == s.updateRef {
		return nil
	}
	s.updateRef, s.advantages = ref, map[advantageKey]float64{}
	if ref.IsZero() {
		return nil
	}
	u, whole, err := ReadUpdate(ctx, s.store, ref)
	if err != nil {
		return err
	}
	if needs := u.Objective.Needs(); needs.OldValue || u.Objective.KL.In == objective.InReward {
		return nil
	}
	learnt := whole.Learnt(u)
	prepared, _, err := objective.Prepare(u.Objective, learnt.Sequences(u))
	if err != nil {
		return err
	}
	for i, r := range learnt.Rollouts {
		q := prepared.Sequences[i]
		if all := q.Advantage[min(r.Hint, len(q.Advantage)):]; !q.Out && len(all) > 0 && !slices.ContainsFunc(all, func(a float64) bool { return a != all[0] }) {
			s.advantages[advantageKey{r.Problem, r.Sample}] = all[0]
		}
	}
	return nil
}
