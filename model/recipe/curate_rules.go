package recipe

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Rule is one of the ways to leave rows out: exactly one field is set.
type Rule struct {
	Dedupe        *Dedupe        `json:"dedupe,omitempty"`
	Decontaminate *Decontaminate `json:"decontaminate,omitempty"`
	Questions     *Questions     `json:"questions,omitempty"`
	Answers       *Answered      `json:"answers,omitempty"`
	Length        *Length        `json:"length,omitempty"`
	PassRate      *PassRate      `json:"pass_rate,omitempty"`
	Subset        *Subset        `json:"subset,omitempty"`
	Released      *Released      `json:"released,omitempty"`
	SameSource    *SameSource    `json:"same_source,omitempty"`
	Golden        *Golden        `json:"golden,omitempty"`
	WeakTests     *WeakTests     `json:"weak_tests,omitempty"`
	Difficulty    *Difficulty    `json:"difficulty,omitempty"`
}

// Dedupe leaves out a row whose question was asked before: in the dataset, or in one of
// Across. Case, blanks and punctuation at the ends make no difference. Several responses
// to one question are no repetition; the same response is.
type Dedupe struct {
	Across []string `json:"across,omitempty"`
}

// Decontaminate leaves out a row whose question shares a run of Words words with a
// question of a dataset of Against; where one of the two is shorter, the whole of it counts.
type Decontaminate struct {
	Against []string `json:"against"`
	// Words is n (AceReason-Nemotron 1.1 §2: 9; 1.0 for code: 14).
	Words int `json:"words"`
	// WordRule is "letters" (or "": what Python's \w+ finds, in lower case) or "blanks" (what
	// stands between blanks, in lower case, as Open R1 has it).
	WordRule WordRule `json:"word_rule,omitempty"`
}

// WordRule is what a word is.
type WordRule string

// What a word is: see Decontaminate.
const (
	WordLetters WordRule = "letters"
	WordBlanks  WordRule = "blanks"
)

func (WordRule) words() []string { return texts(WordLetters, WordBlanks) }

// Questions leaves out questions of the kinds of Drop (AceReason-Nemotron 1.0 §3.2.1 and, of code, §3.2.2).
type Questions struct {
	Drop []QuestionKind `json:"drop"`
	// MinWords is the fewest words of a question that is not "short".
	MinWords int `json:"min_words,omitempty"`
}

// QuestionKind is a kind of question that rewards cannot be trusted with.
type QuestionKind string

// The kinds of questions.
const (
	QuestionMultiPart  QuestionKind = "multi_part"
	QuestionChoice     QuestionKind = "choice"
	QuestionTrueFalse  QuestionKind = "true_false"
	QuestionProof      QuestionKind = "proof"
	QuestionNonEnglish QuestionKind = "non_english"
	QuestionFigure     QuestionKind = "figure"
	QuestionShort      QuestionKind = "short"
	// Of code problems, AceReason-Nemotron 1.0 §3.2.2: several outputs are right, the program talks with a
	// judge, the text has an image.
	QuestionSeveralOutputs QuestionKind = "several_outputs"
	QuestionInteractive    QuestionKind = "interactive"
	QuestionImage          QuestionKind = "image"
)

func (QuestionKind) words() []string {
	return texts(QuestionMultiPart, QuestionChoice, QuestionTrueFalse, QuestionProof, QuestionNonEnglish, QuestionFigure, QuestionShort,
		QuestionSeveralOutputs, QuestionInteractive, QuestionImage)
}

// Answered leaves out problems of domain math whose reference answer is longer than
// MaxCharacters (0: of any length), or which the grader does not find equal to itself.
type Answered struct {
	MaxCharacters int `json:"max_characters,omitempty"`
}

// Length thins rows whose response has From to below Below tokens (Below 0: any number
// from From on) to a share Keep, drawn by the run's seed. Short responses mean easy
// problems (AceReason-Nemotron 1.0 §3.2.1 and 1.1 §2).
type Length struct {
	From  int     `json:"from,omitempty"`
	Below int     `json:"below,omitempty"`
	Keep  float64 `json:"keep"`
	// Of is the dataset whose examples with the same question give the length, their mean;
	// a row that none answers stays. "" takes a row's own response.
	Of string `json:"of,omitempty"`
	// Tokens is "policy" (or "": the run's tokenizer counts) or "teacher": the server's count, of all responses of the
	// stage of kind teach that collects Of, whichever became examples.
	Tokens TokensOf `json:"tokens,omitempty"`
}

// PassRate samples Samples responses to every problem and keeps those of which AtLeast to
// AtMost are correct (AceReason-Nemotron 1.0 §3.2.1: at most 6 of 16 from the 24K stage on; 1.1:
// what every rollout solves leaves). A problem whose ungradable responses could decide either
// way stays.
type PassRate struct {
	// Domain chooses the verifier, as in RL; Reward is that of the domain "activity".
	Domain Domain  `json:"domain"`
	Reward *Reward `json:"reward,omitempty"`
	// From is the policy that is sampled: "last" (or "": that of the stage before), "base" or
	// the name of an earlier stage.
	From              string  `json:"from,omitempty"`
	Samples           int     `json:"samples"`
	Temperature       float64 `json:"temperature"`
	MaxResponseTokens int     `json:"max_response_tokens"`
	// Shards is into how many parts the rollouts are cut.
	Shards  int `json:"shards"`
	AtLeast int `json:"at_least,omitempty"`
	AtMost  int `json:"at_most"`
}

// Name is the key of the rule that is set.
func (r Rule) Name() string {
	if set := r.set(); len(set) == 1 {
		return set[0]
	}
	return ""
}

// set are the keys of the fields that are set. (Workflows ask for it, so there is no reflection in it.)
func (r Rule) set() []string {
	var names []string
	for _, rule := range []struct {
		name string
		set  bool
	}{
		{"dedupe", r.Dedupe != nil}, {"decontaminate", r.Decontaminate != nil}, {"questions", r.Questions != nil},
		{"answers", r.Answers != nil}, {"length", r.Length != nil}, {"pass_rate", r.PassRate != nil}, {"subset", r.Subset != nil},
		{"released", r.Released != nil}, {"same_source", r.SameSource != nil}, {"golden", r.Golden != nil}, {"weak_tests", r.WeakTests != nil},
		{"difficulty", r.Difficulty != nil},
	} {
		if rule.set {
			names = append(names, rule.name)
		}
	}
	return names
}

// Others are the other datasets that the rule reads.
func (r Rule) Others() []string {
	switch {
	case r.Dedupe != nil:
		return r.Dedupe.Across
	case r.Decontaminate != nil:
		return r.Decontaminate.Against
	case r.SameSource != nil:
		return r.SameSource.Against
	case r.Tallies() != "": // it reads no rows of the dataset
	case r.Length != nil && r.Length.Of != "":
		return []string{r.Length.Of}
	}
	return nil
}

// ruleNames lists the keys of the rules, for messages.
var ruleNames = strings.Join(keysOf(reflect.TypeFor[Rule]()), ", ")

func (v *validator) rule(at, data string, number int, r Rule) {
	set := r.set()
	v.check(at, len(set) == 1, "has %d rules (%s); valid: one of %s", len(set), strings.Join(set, ", "), ruleNames)
	switch {
	case r.Dedupe != nil:
		v.givenAll(at+".dedupe.across", r.Dedupe.Across)
	case r.Decontaminate != nil:
		v.decontaminate(at+".decontaminate.", *r.Decontaminate)
	case r.Questions != nil:
		v.questions(at+".questions.", *r.Questions)
	case r.Answers != nil:
		v.atLeast(at+".answers.max_characters", r.Answers.MaxCharacters, 0)
	case r.Length != nil:
		v.length(at+".length.", *r.Length)
	case r.PassRate != nil:
		v.passRate(at+".pass_rate.", data, *r.PassRate)
	case r.Subset != nil:
		v.subset(at+".subset", *r.Subset)
	case r.Released != nil:
		v.released(at+".released.", data, *r.Released)
	case r.SameSource != nil:
		v.sameSource(at+".same_source.", data, *r.SameSource)
	case r.Golden != nil:
		v.golden(at+".golden.", data, *r.Golden)
	case r.WeakTests != nil:
		v.weakTests(at+".weak_tests.", data, *r.WeakTests)
	case r.Difficulty != nil:
		v.difficulty(at+".difficulty.", data, number, *r.Difficulty)
	}
}

func (v *validator) decontaminate(at string, d Decontaminate) {
	v.check(at+"against", len(d.Against) > 0, "is empty; valid: at least one dataset")
	v.givenAll(at+"against", d.Against)
	v.atLeast(at+"words", d.Words, 1)
	if d.WordRule != "" {
		v.word(at+"word_rule", d.WordRule)
	}
}

func (v *validator) questions(at string, q Questions) {
	v.check(at+"drop", len(q.Drop) > 0, "is empty; valid: at least one of %s", strings.Join(QuestionKind("").words(), ", "))
	for i, kind := range q.Drop {
		v.word(fmt.Sprintf("%sdrop[%d]", at, i), kind)
	}
	short := slices.Contains(q.Drop, QuestionShort)
	v.check(at+"min_words", short == (q.MinWords > 0), "is %d; valid: above 0 with short in drop, else absent", q.MinWords)
}

func (v *validator) length(at string, l Length) {
	v.atLeast(at+"from", l.From, 0)
	v.check(at+"below", l.Below == 0 || l.Below > l.From, "is %d; valid: above from %d, or absent", l.Below, l.From)
	v.check(at+"keep", l.Keep >= 0 && l.Keep < 1, "is %g; valid: 0 to below 1", l.Keep)
	if l.Of != "" {
		v.given(at+"of", l.Of)
	}
	if l.Tokens != "" {
		v.word(at+"tokens", l.Tokens)
	}
	if l.Tokens == TokensTeacher {
		v.check(at+"of", l.Of != "", "is empty, but tokens are the teacher's; valid: a dataset that a stage of kind teach collects")
		v.taught(at+"of", l.Of)
	}
}

func (v *validator) passRate(at, data string, p PassRate) {
	v.word(at+"domain", p.Domain)
	v.reward(at, p.Domain, p.Reward)
	d, _ := v.problems(at+"domain", data, p.Domain)
	v.from(at+"from", p.From, v.earlier)
	v.atLeast(at+"samples", p.Samples, 1)
	v.positive(at+"temperature", p.Temperature)
	v.budget(at+"max_response_tokens", p.MaxResponseTokens, v.longestPromptOf(d, ""))
	v.shards(at+"shards", p.Shards)
	v.check(at+"at_most", p.AtMost >= p.AtLeast && p.AtMost <= p.Samples, "is %d; valid: at_least %d to samples %d", p.AtMost, p.AtLeast, p.Samples)
	v.check(at+"at_least", p.AtLeast >= 0 && (p.AtLeast > 0 || p.AtMost < p.Samples), "is %d, with which every problem stays; valid: above 0, or at_most below samples %d", p.AtLeast, p.Samples)
}

func (v *validator) givenAll(field string, names []string) {
	for i, name := range names {
		v.given(fmt.Sprintf("%s[%d]", field, i), name)
	}
}
