package recipe

import "slices"

// Difficulty leaves problems out by how the responses of a teacher to them were judged, and writes on those that stay
// how many failed, their level, by which a later rule may select without Of. A problem that the teacher was not asked
// leaves; one that responses without a verdict could bring within the bounds stays.
type Difficulty struct {
	// Of is the dataset that a stage of kind teach collects, and whose responses it judges. "" takes the levels
	// that an earlier rule has written.
	Of string `json:"of,omitempty"`
	// Keep is "majority": the answer that most responses give is correct (AceReason-Nemotron 1.0 §3.2.1: of at most 8).
	Keep KeepDifficulty `json:"keep,omitempty"`
	// Levels are those that stay.
	Levels *Levels `json:"levels,omitempty"`
}

// KeepDifficulty says which problems stay.
type KeepDifficulty string

// KeepMajority keeps a problem if the answer that most responses give is correct.
const KeepMajority KeepDifficulty = "majority"

func (KeepDifficulty) words() []string { return texts(KeepMajority) }

// Levels are numbers of failed responses, both ends within (AceReason-Nemotron 1.0 §3.2.2: of 8 responses, level 8
// leaves; §3.3: code stage I has levels up to 5).
type Levels struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// TokensOf is whose tokens a length is counted in.
type TokensOf string

// Whose tokens: see Length.
const (
	TokensPolicy  TokensOf = "policy"
	TokensTeacher TokensOf = "teacher"
)

func (TokensOf) words() []string { return texts(TokensPolicy, TokensTeacher) }

// Judges says whether the stage has its responses judged.
func (s Teach) Judges() bool { return s.Judge || s.Keep == KeepRight }

// teaching are the stages of kind teach before stage index that collect into a dataset.
func (r Recipe) teaching(name string, index int) []Teach {
	var all []Teach
	for _, s := range r.Stages[:index] {
		if s.Teach != nil && s.Teach.Into == name {
			all = append(all, *s.Teach)
		}
	}
	return all
}

// Tallied says whether a rule of curation asks how a teacher's responses in a dataset were judged, or how long they are.
func (r Recipe) Tallied(name string) bool {
	return slices.ContainsFunc(r.Stages, func(s Stage) bool {
		return s.Curate != nil && slices.ContainsFunc(s.Curate.Rules, func(rule Rule) bool { return rule.Tallies() == name && name != "" })
	})
}

// Tallies is the dataset of a teacher's responses of which the rule asks how they were judged, or how long they are; "" for none.
func (r Rule) Tallies() string {
	switch {
	case r.Difficulty != nil:
		return r.Difficulty.Of
	case r.Length != nil && r.Length.Tokens == TokensTeacher:
		return r.Length.Of
	}
	return ""
}

func (v *validator) difficulty(at, data string, number int, d Difficulty) {
	if d.Keep != "" {
		v.word(at+"keep", d.Keep)
	}
	v.check(at+"levels", (d.Levels == nil) != (d.Keep == ""), "and keep are both given or both absent; valid: one of them")
	samples := 0
	if d.Of == "" {
		v.check(at+"of", d.Keep == "", "is empty with keep; valid: a dataset that a stage of kind teach collects")
		v.check(at+"of", v.levelled(data, number), "is empty, but no earlier rule writes levels on %q; valid: a dataset that a stage of kind teach collects", data)
	}
	for _, s := range v.taught(at+"of", d.Of) {
		samples = max(samples, s.Samples)
		v.check(at+"of", s.Judges(), "is %q, whose responses nobody judges; valid: one of a stage with judge: true or keep: %s", d.Of, KeepRight)
		v.check(at+"keep", d.Keep == "" || !RunsPrograms(s.Domain), "is %q, but %s are programs, which are no answers to vote on; valid: levels", d.Keep, d.Of)
	}
	if l := d.Levels; l != nil {
		v.check(at+"levels.from", l.From >= 0 && l.From <= l.To, "is %d; valid: 0 to levels.to %d", l.From, l.To)
		v.check(at+"levels.to", samples == 0 || l.To <= samples && (l.From > 0 || l.To < samples),
			"is %d, of %d responses; valid: at most that, and below it with levels.from 0, with which every problem stays", l.To, samples)
	}
}

// taught checks that an earlier stage of kind teach collects a dataset, and gives those that do.
func (v *validator) taught(field, name string) []Teach {
	if name == "" {
		return nil
	}
	stages := v.recipe.teaching(name, v.earlier)
	v.check(field, len(stages) > 0, "is %q, which no earlier stage of kind teach collects; valid: the into of one", name)
	return stages
}

// levelled says whether a rule before rule number of the stage that is checked writes levels on what the stage has left of data.
func (v *validator) levelled(data string, number int) bool {
	stages := v.recipe.Stages[:min(v.earlier+1, len(v.recipe.Stages))]
	for i := len(stages) - 1; i >= 0; i-- {
		c := stages[i].Curate
		if c == nil || i != v.earlier && c.Into != data {
			continue
		}
		rules := c.Rules
		if i == v.earlier {
			rules = rules[:number]
		}
		if slices.ContainsFunc(rules, func(r Rule) bool { return r.Difficulty != nil && r.Difficulty.Of != "" }) {
			return true
		}
		data = c.Data
	}
	return false
}
