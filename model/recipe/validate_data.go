package recipe

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"temper/model/library/spelling"
)

// The longest prompts of the synthetic task in its own vocabulary: <user>, the
// start digit, three tokens per operation, "?", <asst>, <think>; and
// "<user>f(2)=7,f(3)=9<asst><think>".
const codePromptTokens = 16

// compositionPromptTokens are <user>, two tokens per atomic function, "?", <asst> and <think>.
func compositionPromptTokens(depth int) int { return 4 + 2*depth }

func mathPromptTokens(operations int) int { return 5 + 3*operations }

func (v *validator) datasets() {
	v.check("data", len(v.recipe.Data) > 0, "is empty; valid: at least one dataset")
	for _, name := range sortedKeys(v.recipe.Data) {
		at := "data." + name
		if !nameForm.MatchString(name) {
			v.fault(at, "has the name %q; "+nameValid, name)
		}
		d := v.recipe.Data[name]
		v.atLeast(at+".shard_rows", d.ShardRows, 0)
		v.line(at+".source", d.Source)
		v.line(at+".licence", d.Licence)
		isFile := d.Format != "" || d.URI != "" || d.FileOf != "" || d.Limit != 0 || d.Calculations != nil || d.Fields != nil || d.SkipBadRows || d.IDs != nil || d.Since != ""
		switch {
		case d.Synthetic != nil && d.Graph != nil:
			v.fault(at, "is both synthetic and graph; valid: one of them")
		case d.Synthetic != nil && isFile:
			v.fault(at, "is both synthetic and a file; valid: either synthetic, or uri with format, limit and calculations")
		case d.Graph != nil && isFile:
			v.fault(at, "is both graph and a file; valid: either graph, or uri with format, limit and calculations")
		case d.Made != nil && (isFile || d.Synthetic != nil || d.Graph != nil):
			v.fault(at, "is made by another run and something else; valid: made alone")
		case d.Made != nil:
			v.made(at+".made", d)
		case d.Synthetic != nil:
			v.synthetic(at+".synthetic", *d.Synthetic)
		case d.Graph != nil:
			v.graph(at+".graph.", *d.Graph)
		case d.Format == "" && d.URI == "" && d.FileOf == "":
			v.fault(at, "is empty; valid: synthetic, graph, made, or uri with format")
		default:
			v.file(at, name, d)
		}
	}
}

// maxLine is the longest line that people are told.
const maxLine = 300

// line refuses a text that is no line that can be shown.
func (v *validator) line(at, text string) {
	bad := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.TrimSpace(text) != text
	v.check(at, !bad && len(text) <= maxLine, "is %.40q; valid: one line of at most %d bytes, without spaces around it", text, maxLine)
}

func (v *validator) file(at, name string, d Dataset) {
	v.word(at+".format", d.Format)
	v.atLeast(at+".limit", d.Limit, 0)
	switch {
	case d.FileOf != "" && d.URI != "":
		v.fault(at+".file_of", "is %q, but there is a uri too; valid: one of them", d.FileOf)
	case d.FileOf != "":
		other, ok := v.recipe.Data[d.FileOf]
		_, drawn := other.Drawn()
		v.check(at+".file_of", ok && !drawn && other.FileOf == "" && other.Made == nil, "is %q; valid: a dataset with a uri of its own", d.FileOf)
	case d.URI == "":
		v.toGive(at+".uri", "is empty; give a path or s3:// URI, for instance --set data.%s=…/%s.jsonl", name, name)
	case strings.Contains(d.URI, "://"):
		bucket, key, _ := strings.Cut(strings.TrimPrefix(d.URI, "s3://"), "/")
		v.check(at+".uri", strings.HasPrefix(d.URI, "s3://") && bucket != "" && key != "",
			"is %q; valid: a path, s3://BUCKET/KEY", d.URI)
	}
	_, afterAny, _ := strings.Cut(d.URI, anyText)
	v.check(at+".uri", !strings.Contains(afterAny, "/"), "is %q; valid: a * in the name of files alone, not of folders", d.URI)
	_, mapped := d.Mapped()
	v.check(at+".format", v.recipe.Tokenizer != "synthetic" || d.Format != FormatGSM8K && d.Format != FormatMATH && !mapped,
		`is %q, whose text the synthetic tokenizer cannot write; valid with it: problems, examples; or tokenizer: bytes`, d.Format)
	v.fields(at+".fields", d)
	v.selection(at, d)
	if d.Calculations != nil {
		v.check(at+".calculations", d.Format == FormatGSM8K, "are given, but the format is %q; valid: only with the format gsm8k", d.Format)
		v.word(at+".calculations.prompt", d.Calculations.Prompt)
		v.atLeast(at+".calculations.max_number", d.Calculations.MaxNumber, 1)
		v.between(at+".calculations.answer_only", d.Calculations.AnswerOnly, 0, 1)
	}
}

func (v *validator) synthetic(at string, s Synthetic) {
	v.word(at+".kind", s.Kind)
	v.atLeast(at+".count", s.Count, 1)
	v.between(at+".code_fraction", s.CodeFraction, 0, 1)
	v.check(at+".operations", len(s.Operations) > 0 || s.CodeFraction == 1,
		"is empty; valid: numbers from %d to %d, since code_fraction is below 1", minOperations, maxOperations)
	for i, k := range s.Operations {
		field := fmt.Sprintf("%s.operations[%d]", at, i)
		v.check(field, k >= minOperations && k <= maxOperations, "is %d; valid: %d to %d", k, minOperations, maxOperations)
		v.check(field, !slices.Contains(s.Operations[:i], k), "is %d, which stands there twice", k)
	}
	v.depths(at+".depths", s)
	v.check(at+".seed", s.Seed <= maxSeed, "is %d; valid: 0 to %d", s.Seed, uint64(maxSeed))
	v.worded(at, s)
	if s.Kind == Demonstrations {
		v.styles(at+".styles", s.Styles)
		v.atLeast(at+".responses_per_prompt", s.ResponsesPerPrompt, 0)
		return
	}
	v.check(at+".styles", len(s.Styles) == 0, "are given; valid: only for demonstrations")
	v.check(at+".responses_per_prompt", s.ResponsesPerPrompt == 0, "is %d; valid: only for demonstrations", s.ResponsesPerPrompt)
}

// depths checks the numbers of atomic functions in a composition. A depth may stand there
// twice: then it is drawn twice as often.
func (v *validator) depths(at string, s Synthetic) {
	v.check(at, len(s.Depths) == 0 || s.CodeFraction > 0, "are given, but code_fraction is 0; valid: absent")
	least := 1
	if s.HeldOut {
		least = 2 // atomic functions alone are never held out
	}
	for i, depth := range s.Depths {
		v.check(fmt.Sprintf("%s[%d]", at, i), depth >= least && depth <= maxDepth, "is %d; valid: %d to %d", depth, least, maxDepth)
	}
}

func (v *validator) styles(at string, mix map[Style]float64) {
	var sum float64
	valid := Style("").words()
	for _, name := range sortedKeys(mix) {
		field := at + "." + string(name)
		v.check(field, slices.Contains(valid, string(name)), "is unknown; valid: %s", strings.Join(valid, ", "))
		v.between(field, mix[name], 0, 1)
		sum += mix[name]
	}
	v.check(at, math.Abs(sum-1) < 1e-9, "add up to %g; valid: shares of %s that add up to 1", sum, strings.Join(valid, ", "))
}

// examples checks that data names a dataset that supervised stages can use.
func (v *validator) examples(field, data string) {
	d, ok := v.dataset(field, data)
	if !ok {
		return
	}
	if f, ok := d.Mapped(); ok {
		v.mapped(field, data, d, f.givesExamples(), "response and no solution")
		return
	}
	kind, valid := string(d.Format), append(texts(FormatGSM8K, FormatMATH, FormatExamples), mappedFormats(Fields.givesExamples)...)
	if drawn, ok := d.Drawn(); ok {
		kind, valid = string(drawn.Kind), texts(BaseText, Demonstrations)
	}
	v.usable(field, data, kind, valid)
	v.notHeldOut(field, data, d)
}

// problems checks that data names a dataset of problems of the domain.
func (v *validator) problems(field, data string, domain Domain) (Dataset, bool) {
	d, ok := v.dataset(field, data)
	if !ok {
		return d, false
	}
	drawn, isDrawn := d.Drawn()
	f, mapped := d.Mapped()
	switch {
	case mapped && domain == DomainMath:
		v.mapped(field, data, d, f.givesAnswers(), "answer")
	case mapped && domain == DomainCode:
		v.mapped(field, data, d, f.Tests != "", "tests")
	case isDrawn:
		v.usable(field, data, string(drawn.Kind), texts(Problems))
	case domain == DomainGraph:
		v.fault(field, "is %q, a file; valid for domain %s: a dataset of graph", data, domain)
	case domain == DomainCode: // whether every line has tests is seen when the file is read
		v.usable(field, data, string(d.Format), texts(append([]Format{FormatProblems, FormatRows}, ProgramFormats()...)...))
	case !mapped:
		v.usable(field, data, string(d.Format), append(texts(FormatGSM8K, FormatMATH, FormatProblems, FormatContest), mappedFormats(Fields.givesAnswers)...))
	}
	v.check(field, d.Graph == nil || domain == DomainGraph || domain == DomainActivity, "is %q, of graph tasks; valid for domain %s: another dataset", data, domain)
	v.check(field, d.Synthetic == nil || d.Graph != nil || domain != DomainGraph, "is %q, which is synthetic; valid for domain %s: a dataset of graph", data, domain)
	want := map[Domain]float64{DomainMath: 0, DomainCode: 1}
	if fraction, ok := want[domain]; ok && d.Synthetic != nil {
		v.check(field, d.Synthetic.CodeFraction == fraction, "is %q, whose code_fraction is %g; valid for domain %s: %g",
			data, d.Synthetic.CodeFraction, domain, fraction)
	}
	return d, true
}

func (v *validator) dataset(field, data string) (Dataset, bool) {
	d, ok := v.recipe.Data[v.recipe.origin(data, v.earlier)]
	curated := v.recipe.curatedNames(v.earlier)
	names := append(sortedKeys(v.recipe.Data), curated...)
	// What a curated dataset comes from is checked where it is curated.
	v.check(field, ok || slices.Contains(curated, data), "is %q, which data does not have; %svalid: %s", data, spelling.DidYouMean(data, names), strings.Join(names, ", "))
	_, drawn := d.Drawn()
	return d, ok && (drawn || d.Format != "")
}

func (v *validator) usable(field, data, kind string, valid []string) {
	v.check(field, slices.Contains(valid, kind), "is %q, which holds %s; valid: a dataset of %s", data, kind, strings.Join(valid, " or "))
}

func (v *validator) notHeldOut(field, data string, d Dataset) {
	drawn, _ := d.Drawn()
	v.check(field, !drawn.HeldOut, "is %q, which is held out for evaluation; valid: a dataset without held_out", data)
}

// longestPrompt is the longest prompt of d in tokens as far as the recipe tells:
// for files, and for the byte tokenizer, it is known only when the data is read.
func (v *validator) longestPrompt(d Dataset) int {
	if d.Synthetic == nil || v.recipe.Tokenizer != "synthetic" {
		return 0
	}
	longest := 0
	if d.Synthetic.CodeFraction > 0 && len(d.Synthetic.Depths) == 0 {
		longest = codePromptTokens
	}
	for _, depth := range d.Synthetic.Depths {
		longest = max(longest, compositionPromptTokens(depth))
	}
	for _, k := range d.Synthetic.Operations {
		longest = max(longest, mathPromptTokens(k))
	}
	return longest
}

// budget checks that a response of so many tokens fits after the prompt.
func (v *validator) budget(field string, tokens, prompt int) {
	v.atLeast(field, tokens, 1)
	limit := v.recipe.Model.MaxPositionEmbeddings
	if limit < 1 || tokens < 1 {
		return
	}
	if prompt == 0 {
		v.check(field, tokens < limit, "is %d, which leaves no room for a prompt in max_position_embeddings %d", tokens, limit)
		return
	}
	v.check(field, prompt+tokens <= limit, "is %d, which with the longest prompt of %d tokens exceeds max_position_embeddings %d; valid: 1 to %d",
		tokens, prompt, limit, limit-prompt)
}
