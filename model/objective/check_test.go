package objective

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// faultsOf are settings as JSON, with their faults.
var faultsOf = []struct {
	settings string
	want     []string
}{
	{`{}`, nil},
	{`{"kind": "gpro"}`, []string{`kind is "gpro"; valid: "chord", "cispo", "grpo", "gspo", "nft", "ppo", "sft", "srft", "uft"`}},
	{`{"advantage": {"baseline": "mean", "std": "variance", "epsilon": -1}, "denominator": "tokens", "masked_sequences": "no"}`, []string{
		`advantage.baseline is "mean"; valid: "group_mean", "leave_one_out", "none", "value"`,
		`advantage.std is "variance"; valid: "sample", "population", "batch", "none"`,
		`denominator is "tokens"; valid: "batch_tokens", "group_tokens", "sequence_tokens", "sequences", "constant", "sum"`,
		`masked_sequences is "no"; valid: "count", "skip"`,
		`advantage.epsilon is -1; valid: 0 and above`,
	}},
	{`{"kl": {"coefficient": 0.1, "estimator": "k4", "reference": "first", "in": "both", "clamp_value": -2}}`, []string{
		`kl.estimator is "k4"; valid: "k1", "k2", "k3", "k1+", "k3+"`, `kl.reference is "first"; valid: "stage", "base"`,
		`kl.in is "both"; valid: "loss", "reward"`, `kl.clamp_value is -2; valid: 0 and above`,
	}},
	{`{"kl": {"estimator": "k1"}}`, []string{`kl.coefficient is 0, so that the rest of kl has no effect; valid: above 0, or no kl`}},
	{`{"clip": {"low": 2, "high": 0.3, "dual": 1.2}, "updates": {"epochs": -1}}`, []string{
		`clip.low is 2; valid: 0 to 1`, `updates.epochs is -1; valid: 0 and above`, `clip.dual is 1.2; valid: above 1 + clip.high, which is 1.3`,
	}},
	{`{"constant": 4}`, []string{`constant is 4, but denominator batch_tokens does not use it; valid: absent, or denominator "constant" or "sum"`}},
	{`{"denominator": "constant"}`, []string{`constant is 0; valid: above 0 with denominator "constant" (Dr. GRPO: the response budget)`}},
	{`{"denominator": "sum", "masked_sequences": "skip"}`, []string{`masked_sequences is "skip", but denominator sum counts no sequences; valid: absent, or denominator "sequence_tokens", "sequences", "constant"`}},
	{`{"denominator": "constant", "constant": 4, "masked_sequences": "skip"}`, nil},
	{`{"overlong": {"handling": "drop"}}`, []string{`overlong.handling is "drop"; valid: "keep", "filter", "penalty"`}},
	{`{"overlong": {"handling": "penalty"}}`, []string{`overlong.cache_tokens is 0 with handling "penalty"; valid: above 0 with "penalty", absent otherwise`}},
	{`{"overlong": {"cache_tokens": 4, "factor": 2}}`, []string{
		`overlong.cache_tokens is 4 with handling "keep"; valid: above 0 with "penalty", absent otherwise`, `overlong.factor is 2 with handling "keep"; valid: absent`,
	}},
	{`{"value": {"clip": 0.2}, "nft": {"ratio": "token"}}`, []string{
		`value.clip is 0.2, but objective grpo does not use it; valid: absent`, `nft.ratio is token, but objective grpo does not use it; valid: absent`,
	}},
	{`{"advantage": {"baseline": "value"}}`, []string{`advantage.baseline is "value" with objective grpo; valid: "value" with ppo, and with ppo alone`}},
	{`{"kind": "ppo", "advantage": {"baseline": "group_mean", "std": "none"}, "value": {"lambda": 2, "whiten": "yes"}}`, []string{
		`advantage.std is none, but objective ppo does not use it; valid: absent`, `value.whiten is "yes"; valid: "batch", "none"`,
		`value.lambda is 2; valid: 0 to 1`, `advantage.baseline is "group_mean" with objective ppo; valid: "value" with ppo, and with ppo alone`,
	}},
	{`{"kind": "ppo", "advantage": {"baseline": "value"}, "value": {"lambda": 0.95}, "kl": {"coefficient": 0.05, "in": "reward"}}`, nil},
	{`{"kind": "cispo", "clip": {"dual": 3}}`, []string{`clip.dual is 3, but objective cispo does not use it; valid: absent`}},
	{`{"kind": "nft", "advantage": {"std": "none"}, "kl": {"coefficient": 1, "in": "reward"}, "overlong": {"handling": "penalty", "cache_tokens": 3},
		   "nft": {"prompt_weight": "rate", "ratio": "word", "positive_only": true, "negative_weight": 0.5}}`, []string{
		`advantage.std is none, but objective nft does not use it; valid: absent`, `overlong.cache_tokens is 3, but objective nft does not use it; valid: absent`,
		`nft.prompt_weight is "rate"; valid: "none", "wrong", "std"`, `nft.ratio is "word"; valid: "token", "sequence"`,
		`kl.in is "reward", but objective nft compares no rewards; valid: "loss"`,
		`overlong.handling is "penalty", but objective nft compares no scores; valid: "keep", "filter"`,
		`nft.negative_weight is 0.5, but nft.positive_only leaves wrong rollouts out; valid: absent`,
	}},
	{`{"kind": "nft", "nft": {"ratio": "sequence", "prompt_weight": "std"}}`, []string{`nft.prompt_weight is "std" with nft.ratio "sequence"; valid: "none"`}},
	{`{"kind": "uft", "uft": {"hint_steps": 1}}`, nil},
	{`{"kind": "uft"}`, []string{`uft.hint_steps is 0 with uft.schedule "cosine"; valid: above 0, and absent with "uniform"`}},
	{`{"kind": "uft", "uft": {"schedule": "uniform", "hint_steps": 3, "first": 2, "last": 0.1}}`, []string{
		`uft.first is 2; valid: 0 to 1`, `uft.hint_steps is 3 with uft.schedule "uniform"; valid: above 0, and absent with "uniform"`,
		`uft.last is 0.1, but uft.schedule is "uniform"; valid: absent`,
	}},
	{`{"kind": "uft", "uft": {"schedule": "staircase", "hint_steps": 3, "first": 0.5, "pieces": 4}}`, []string{`uft.first is 0.5, but uft.schedule is "staircase"; valid: absent`}},
	{`{"kind": "uft", "uft": {"schedule": "steps", "hint_steps": 3}}`, []string{`uft.schedule is "steps"; valid: "cosine", "uniform", "staircase"`}},
	{`{"kind": "srft", "clip": {"low": 0.2}, "srft": {"sft_sign": "+", "rl_sign": "-", "demonstration": "p", "own": "p"}}`, []string{
		`clip.low is 0.2, but objective srft does not use it; valid: absent`, `srft.sft_sign is "+"; valid: "minus", "plus"`, `srft.rl_sign is "-"; valid: "minus", "plus"`,
		`srft.demonstration is "p"; valid: "shaped", "plain"`, `srft.own is "p"; valid: "log_prob", "ratio"`,
	}},
	{`{"kind": "chord", "chord": {"token_weight": "phi"}}`, []string{`chord.token_weight is "phi"; valid: "none", "uncertain"`, `chord.mu is 0; valid: above 0, at most 1`}},
	{`{"kind": "chord", "chord": {"mu": 1.5}}`, []string{`chord.mu is 1.5; valid: 0 to 1`}},
	{`{"kind": "chord", "chord": {"mu": 0.9, "last_mu": 0.05}}`, []string{`chord.last_mu is 0.05 with chord.mu_steps 0, so that mu does not change; valid: absent`}},
	{`{"kind": "chord", "chord": {"mu": 0.9, "last_mu": 0.05, "mu_steps": 200}}`, nil},
	{`{"kind": "sft", "entropy": 0.1}`, []string{`entropy is 0.1, but objective sft does not use it; valid: absent`}},
}

func TestCheckFindsEveryFault(t *testing.T) {
	for _, c := range faultsOf {
		var s Settings
		decode(t, json.RawMessage(c.settings), &s)
		var got []string
		for _, f := range s.Check() {
			got = append(got, f.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: faults\n%s\nwant\n%s", c.settings, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// Shares and probabilities are 1 at most; what is faulty is not evaluated.
func TestBoundsOfNumbers(t *testing.T) {
	for _, s := range []string{
		`{"clip": {"low": 1.5}}`, `{"kind": "ppo", "value": {"gamma": 1.5}}`, `{"kind": "ppo", "value": {"lambda": 1.5}}`, `{"kind": "chord", "chord": {"mu": 1.5}}`,
		`{"kind": "chord", "chord": {"mu": 0.5, "mu_steps": 3, "last_mu": 1.5}}`, `{"kind": "uft", "uft": {"hint_steps": 3, "first": 1.5}}`, `{"kind": "uft", "uft": {"hint_steps": 3, "last": 1.5}}`,
	} {
		var above, at Settings
		decode(t, json.RawMessage(s), &above)
		decode(t, json.RawMessage(strings.Replace(s, "1.5", "1", 1)), &at)
		if len(above.Check()) != 1 || len(at.Check()) != 0 {
			t.Errorf("%s: %v; with 1: %v", s, above.Check(), at.Check())
		}
		if _, err := Evaluate(above, Batch{}); err == nil || !strings.Contains(err.Error(), "1.5; valid: 0 to 1") {
			t.Errorf("%s is evaluated: %v", s, err)
		}
	}
	for _, x := range []float64{math.NaN(), math.Inf(1)} {
		if faults := (Settings{Entropy: x}).Check(); len(faults) != 1 || faults[0].Field != "entropy" {
			t.Errorf("%v: %v", x, faults)
		}
	}
}

// The defaults that comments name, as JSON.
func TestDefaults(t *testing.T) {
	const rest = `"kl":{"estimator":"k3","reference":"stage","in":"loss"},"overlong":{"handling":"keep","factor":1},"updates":{"mini_batches":1,"epochs":1},` +
		`"value":{"coefficient":1,"gamma":1,"lambda":1,"whiten":"batch"},"nft":{"prompt_weight":"none","negative_weight":1,"clamp":1,"ratio":"token"},` +
		`"uft":{"schedule":"cosine","pieces":5,"first":0.95,"last":0.05},` +
		`"srft":{"sft_sign":"minus","rl_sign":"plus","sft_weight":0.5,"rl_weight":0.1,"demonstration":"shaped","own":"log_prob"},"chord":{"token_weight":"none"}}`
	const grouped = `"advantage":{"baseline":"group_mean","std":"sample","epsilon":0.000001},`
	const clipped, tokens = `"clip":{"low":0.2,"high":0.2},`, `"denominator":"batch_tokens","constant":1,"masked_sequences":"count",`
	for given, want := range map[string]string{
		`{}`:                     `{"kind":"grpo",` + grouped + clipped + tokens + rest,
		`{"clip":{"low":0.1}}`:   `{"kind":"grpo",` + grouped + `"clip":{"low":0.1,"high":0.1},` + tokens + rest,
		`{"clip":{"high":0.3}}`:  `{"kind":"grpo",` + grouped + `"clip":{"low":0.2,"high":0.3},` + tokens + rest,
		`{"kl":{"in":"reward"}}`: `{"kind":"grpo",` + grouped + clipped + tokens + strings.Replace(strings.Replace(rest, "k3", "k1", 1), `"in":"loss"`, `"in":"reward"`, 1),
		`{"kind":"gspo"}`:        `{"kind":"gspo",` + grouped + `"clip":{"low":0.0003,"high":0.0004},` + strings.Replace(tokens, "batch_tokens", "sequence_tokens", 1) + rest,
		`{"kind":"cispo"}`:       `{"kind":"cispo",` + grouped + `"clip":{"low":1,"high":4},` + tokens + rest,
		`{"kind":"ppo"}`:         `{"kind":"ppo","advantage":{"baseline":"value","std":"none","epsilon":0.000001},` + clipped + tokens + rest,
		`{"kind":"nft"}`:         `{"kind":"nft",` + grouped + clipped + `"denominator":"sum","constant":1000,"masked_sequences":"count",` + rest,
		`{"kind":"srft"}`:        `{"kind":"srft",` + strings.Replace(grouped, "sample", "none", 1) + clipped + tokens + rest,
		`{"kind":"nft","denominator":"sequences"}`:   `{"kind":"nft",` + grouped + clipped + `"denominator":"sequences","constant":1,"masked_sequences":"count",` + rest,
		`{"advantage":{"baseline":"leave_one_out"}}`: `{"kind":"grpo","advantage":{"baseline":"leave_one_out","std":"none","epsilon":0.000001},` + clipped + tokens + rest,
	} {
		var s Settings
		decode(t, json.RawMessage(given), &s)
		got, err := json.Marshal(s.WithDefaults())
		if err != nil || string(got) != want {
			t.Errorf("%s with defaults: %v\n%s\nwant\n%s", given, err, got, want)
		}
	}
}

// Every field of Settings is read by some objective, every field that an
// objective names exists, and the settings that are absent from a recipe are
// absent from its JSON.
func TestFieldsOfTheTable(t *testing.T) {
	var all []string
	for path := range fields(reflect.ValueOf(Settings{}), "") {
		all = append(all, path)
		var used bool
		for _, o := range Table {
			used = used || o.uses(path)
		}
		if !used || path == "" {
			t.Errorf("no objective uses %q", path)
		}
	}
	for kind, o := range Table {
		if o.Source == "" || o.Loss == nil || o.Needs == nil {
			t.Errorf("%s is not whole", kind)
		}
		for _, u := range o.Uses {
			if !slices.ContainsFunc(all, func(path string) bool { return path == u || strings.HasPrefix(path, u+".") }) {
				t.Errorf("%s uses %q, which is no field", kind, u)
			}
		}
	}
	if text, err := json.Marshal(Settings{}); err != nil || string(text) != "{}" {
		t.Errorf("%s, %v", text, err)
	}
}

func TestNeeds(t *testing.T) {
	for _, c := range []struct {
		settings Settings
		want     Carriers
	}{
		{Settings{}, Carriers{}},
		{Settings{Updates: Updates{Epochs: 2}}, Carriers{LogProb: true, Old: true}},
		{Settings{KL: KL{Coefficient: 1}, Entropy: 1}, Carriers{LogProb: true, Reference: true, Entropy: true}},
		{Settings{KL: KL{Coefficient: 1, In: InReward}}, Carriers{Old: true, Reference: true}},
		{Settings{Kind: "ppo"}, Carriers{Value: true, OldValue: true}},
		{Settings{Kind: "cispo"}, Carriers{LogProb: true}},
		{Settings{Kind: "cispo", Updates: twoUpdates}, Carriers{LogProb: true, Old: true}},
		{Settings{Kind: "nft"}, Carriers{}},
		{Settings{Kind: "sft"}, Carriers{LogProb: true}},
		{Settings{Kind: "uft"}, Carriers{}},
		{Settings{Kind: "uft", UFT: UFT{HintCoefficient: 1}}, Carriers{LogProb: true}},
		{Settings{Kind: "srft", Updates: twoUpdates}, Carriers{LogProb: true, Entropy: true}},
		{Settings{Kind: "srft", Updates: twoUpdates, SRFT: SRFT{Own: Ratio}}, Carriers{LogProb: true, Entropy: true, Old: true}},
		{Settings{Kind: "chord", Updates: twoUpdates}, Carriers{LogProb: true, Old: true}},
	} {
		if got := c.settings.Needs(); got != c.want {
			t.Errorf("%+v needs %+v, want %+v", c.settings, got, c.want)
		}
	}
}
