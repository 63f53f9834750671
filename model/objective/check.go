package objective

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with settings.
type Fault struct {
	// Field is the path below the objective block, as in "clip.low".
	Field string
	// Problem says what is wrong and what is valid.
	Problem string
}

// String is the fault as one line.
func (f Fault) String() string { return f.Field + " " + f.Problem }

// Check finds every fault: values that are not valid, fields that the kind or
// another field leaves without effect, and fields that are missing.
func (s Settings) Check() []Fault {
	c := &checker{given: s, Settings: s.WithDefaults()}
	o, known := Table[c.Kind]
	if !known {
		c.fault("kind", "is %q; valid: %s", c.Kind, quoted(Kinds()))
		return c.faults
	}
	c.unused(o)
	c.words()
	c.numbers()
	c.together(o)
	return c.faults
}

type checker struct {
	Settings // with defaults
	given    Settings
	faults   []Fault
	wrong    map[string]bool
}

// fault notes the first thing that is wrong with a field.
func (c *checker) fault(field, format string, args ...any) {
	if c.wrong[field] {
		return
	}
	if c.wrong == nil {
		c.wrong = map[string]bool{}
	}
	c.wrong[field] = true
	c.faults = append(c.faults, Fault{field, fmt.Sprintf(format, args...)})
}

// unused finds fields that are given but that the kind does not read.
func (c *checker) unused(o Objective) {
	for path, value := range fields(reflect.ValueOf(c.given), "") {
		if !value.IsZero() && !o.uses(path) {
			c.fault(path, "is %v, but objective %s does not use it; valid: absent", value, c.Kind)
		}
	}
}

// fields goes through the leaves of a struct by their JSON names.
func fields(v reflect.Value, prefix string) func(func(string, reflect.Value) bool) {
	return func(yield func(string, reflect.Value) bool) {
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if v.Field(i).Kind() != reflect.Struct {
				if !yield(prefix+name, v.Field(i)) {
					return
				}
				continue
			}
			for path, value := range fields(v.Field(i), prefix+name+".") {
				if !yield(path, value) {
					return
				}
			}
		}
	}
}

// words checks the fields with a fixed set of words.
func (c *checker) words() {
	oneOf(c, "advantage.baseline", c.Advantage.Baseline, GroupMean, LeaveOneOut, NoBaseline, ValueBaseline)
	oneOf(c, "advantage.std", c.Advantage.Std, SampleStd, PopulationStd, BatchStd, NoStd)
	oneOf(c, "denominator", c.Denominator, BatchTokens, GroupTokens, SequenceTokens, Sequences, Constant, Sum)
	oneOf(c, "masked_sequences", c.MaskedSequences, Count, Skip)
	oneOf(c, "kl.estimator", c.KL.Estimator, K1, K2, K3, K1Plus, K3Plus)
	oneOf(c, "kl.reference", c.KL.Reference, StageReference, BaseReference)
	oneOf(c, "kl.in", c.KL.In, InLoss, InReward)
	oneOf(c, "overlong.handling", c.Overlong.Handling, Keep, Filter, Penalty)
	oneOf(c, "value.whiten", c.Value.Whiten, WhitenBatch, WhitenNone)
	oneOf(c, "nft.prompt_weight", c.NFT.PromptWeight, WeightNone, WeightWrong, WeightStd)
	oneOf(c, "nft.ratio", c.NFT.Ratio, TokenRatio, SequenceRatio)
	oneOf(c, "uft.schedule", c.UFT.Schedule, ScheduleCosine, ScheduleUniform, ScheduleStaircase)
	oneOf(c, "srft.sft_sign", c.SRFT.SFTSign, Minus, Plus)
	oneOf(c, "srft.rl_sign", c.SRFT.RLSign, Minus, Plus)
	oneOf(c, "srft.demonstration", c.SRFT.Demonstration, Shaped, Plain)
	oneOf(c, "srft.own", c.SRFT.Own, LogProbability, Ratio)
	oneOf(c, "chord.token_weight", c.CHORD.TokenWeight, WeightNone, WeightUncertain)
}

// oneOf checks a word.
func oneOf[W ~string](c *checker, field string, value W, valid ...W) {
	if slices.Contains(valid, value) {
		return
	}
	c.fault(field, "is %q; valid: %s", value, quoted(valid))
}

// numbers checks the numbers one by one: all are finite and at least 0, some have a bound.
func (c *checker) numbers() {
	most := map[string]float64{
		"clip.low": 1, "value.gamma": 1, "value.lambda": 1, "chord.mu": 1, "chord.last_mu": 1, "uft.first": 1, "uft.last": 1,
	}
	for path, value := range fields(reflect.ValueOf(c.Settings), "") {
		var x float64
		switch {
		case value.CanFloat():
			x = value.Float()
		case value.CanInt():
			x = float64(value.Int())
		default:
			continue
		}
		bound, bounded := most[path]
		switch {
		case math.IsNaN(x) || math.IsInf(x, 0) || x < 0 && !bounded:
			c.fault(path, "is %g; valid: 0 and above", x)
		case bounded && (x < 0 || x > bound):
			c.fault(path, "is %g; valid: 0 to %g", x, bound)
		}
	}
}

// together checks fields against each other.
func (c *checker) together(o Objective) {
	given, sequences := c.given, []Denominator{SequenceTokens, Sequences, Constant}
	c.need("advantage.baseline", (c.Advantage.Baseline == ValueBaseline) == o.uses("value"),
		"is %q with objective %s; valid: %q with ppo, and with ppo alone", c.Advantage.Baseline, c.Kind, ValueBaseline)
	c.need("clip.dual", c.Clip.Dual == 0 || c.Clip.Dual > 1+c.Clip.High, "is %g; valid: above 1 + clip.high, which is %g", c.Clip.Dual, 1+c.Clip.High)
	c.need("constant", c.Denominator != Constant || given.Constant > 0, "is 0; valid: above 0 with denominator %q (Dr. GRPO: the response budget)", Constant)
	c.need("constant", given.Constant == 0 || !o.uses("denominator") || c.Denominator == Constant || c.Denominator == Sum,
		"is %g, but denominator %s does not use it; valid: absent, or denominator %q or %q", c.Constant, c.Denominator, Constant, Sum)
	c.need("masked_sequences", given.MaskedSequences == "" || slices.Contains(sequences, c.Denominator),
		"is %q, but denominator %s counts no sequences; valid: absent, or denominator %s", c.MaskedSequences, c.Denominator, quoted(sequences))
	c.need("kl.coefficient", given.KL == KL{} || given.KL.Coefficient != 0, "is 0, so that the rest of kl has no effect; valid: above 0, or no kl")
	c.need("kl.in", c.KL.Coefficient == 0 || c.KL.In != InReward || o.uses("advantage"), "is %q, but objective %s compares no rewards; valid: %q", c.KL.In, c.Kind, InLoss)
	c.need("overlong.handling", c.Overlong.Handling != Penalty || o.uses("advantage"), "is %q, but objective %s compares no scores; valid: %q, %q", c.Overlong.Handling, c.Kind, Keep, Filter)
	c.need("overlong.leave_group", !c.Overlong.LeaveGroup || c.Overlong.Handling == Filter, "is true with handling %q; valid: absent, or handling %q", c.Overlong.Handling, Filter)
	penalty := c.Overlong.Handling == Penalty
	c.need("overlong.cache_tokens", (c.Overlong.CacheTokens > 0) == penalty, "is %d with handling %q; valid: above 0 with %q, absent otherwise", c.Overlong.CacheTokens, c.Overlong.Handling, Penalty)
	c.need("overlong.factor", given.Overlong.Factor == 0 || penalty, "is %g with handling %q; valid: absent", c.Overlong.Factor, c.Overlong.Handling)
	c.need("nft.negative_weight", given.NFT.NegativeWeight == 0 || !c.NFT.PositiveOnly, "is %g, but nft.positive_only leaves wrong rollouts out; valid: absent", c.NFT.NegativeWeight)
	c.need("nft.prompt_weight", c.NFT.Ratio == TokenRatio || c.NFT.PromptWeight == WeightNone, "is %q with nft.ratio %q; valid: %q", c.NFT.PromptWeight, c.NFT.Ratio, WeightNone)
	c.need("uft.hint_steps", c.Kind != "uft" || (c.UFT.HintSteps > 0) == (c.UFT.Schedule != ScheduleUniform),
		"is %d with uft.schedule %q; valid: above 0, and absent with %q", c.UFT.HintSteps, c.UFT.Schedule, ScheduleUniform)
	c.need("uft.first", given.UFT.First == 0 || c.UFT.Schedule == ScheduleCosine, "is %g, but uft.schedule is %q; valid: absent", c.UFT.First, c.UFT.Schedule)
	c.need("uft.last", given.UFT.Last == 0 || c.UFT.Schedule == ScheduleCosine, "is %g, but uft.schedule is %q; valid: absent", c.UFT.Last, c.UFT.Schedule)
	c.need("chord.last_mu", c.CHORD.LastMu == 0 || c.CHORD.MuSteps > 0, "is %g with chord.mu_steps 0, so that mu does not change; valid: absent", c.CHORD.LastMu)
	c.need("chord.mu", c.Kind != "chord" || c.CHORD.Mu > 0, "is 0; valid: above 0, at most 1")
}

// need notes a fault where a condition does not hold.
func (c *checker) need(field string, holds bool, format string, args ...any) {
	if !holds {
		c.fault(field, format, args...)
	}
}

func quoted[W ~string](words []W) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(out, ", ")
}
