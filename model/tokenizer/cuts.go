package tokenizer

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// A cut divides a text into pieces; with neither next nor splitter the text is one piece.
type cut struct {
	// prefix is put before a text that does not begin with it; with onlyFirst, before
	// none but what the whole text begins with.
	prefix    string
	onlyFirst bool
	// replace is done before the prefix is looked for; nil if there is nothing to replace.
	replace *strings.Replacer
	// next returns the length of the piece at the beginning of a text that is
	// not empty.
	next     func(text string) int
	splitter *splitter
}

// before changes text as the cut wants it. first says that the whole text begins with it.
func (c *cut) before(text string, first bool) string {
	if c.replace != nil {
		text = c.replace.Replace(text)
	}
	if c.prefix != "" && text != "" && (first || !c.onlyFirst) && !strings.HasPrefix(text, c.prefix) {
		text = c.prefix + text
	}
	return text
}

var preTokenizerTypes = []string{"ByteLevel", "Metaspace", "Split", "Digits", "Punctuation"}

// cuts reads the pre-tokenizer of a tokenizer.json. byteLevel tells whether it
// turns text into the byte alphabet; what comes after that cuts the text as the
// alphabet writes it.
func cuts(raw json.RawMessage) (steps []cut, byteLevel bool, err error) {
	parts, err := flatten("pre_tokenizer", raw, preTokenizerTypes...)
	if err != nil {
		return nil, false, err
	}
	for _, part := range parts {
		if byteLevel && (part.Type == "ByteLevel" || part.Type == "Metaspace") {
			return nil, false, part.refuse("type", part.Type, "Split, Digits, Punctuation after ByteLevel")
		}
		step, err := part.cut(byteLevel)
		if err != nil {
			return nil, false, err
		}
		byteLevel = byteLevel || part.Type == "ByteLevel"
		if step.prefix != "" || step.replace != nil || step.next != nil || step.splitter != nil {
			steps = append(steps, step)
		}
	}
	return steps, byteLevel, nil
}

// cut reads one part of a pre-tokenizer. alphabet says that the text was turned
// into the byte alphabet before.
func (c component) cut(alphabet bool) (cut, error) {
	switch c.Type {
	case "ByteLevel":
		return c.byteLevel()
	case "Metaspace":
		return c.metaspace()
	case "Digits":
		if !alphabet && c.IndividualDigits {
			return cut{next: nextNumeral}, nil
		}
		digits := `\p{N}+`
		if c.IndividualDigits {
			digits = `\p{N}`
		} else if !alphabet {
			return cut{next: nextNumber}, nil
		}
		c.Pattern.Regex, c.Behavior = &digits, isolated
	case "Punctuation":
		punctuation := "[\\p{P}$+<=>^`|~]"
		c.Pattern.Regex = &punctuation
		if c.Behavior == "" {
			c.Behavior = isolated
		}
	}
	if !slices.Contains(behaviors, c.Behavior) {
		return cut{}, c.refuse("behavior", c.Behavior, strings.Join(behaviors, ", "))
	}
	// The patterns that are written out leave nothing between their matches.
	if c.Pattern.Regex != nil && !alphabet && (c.Behavior == isolated || c.Behavior == removed && c.Invert) {
		if next := patterns[*c.Pattern.Regex]; next != nil {
			return cut{next: next}, nil
		}
	}
	find, err := c.matcher()
	return cut{splitter: &splitter{matches: find, behavior: c.Behavior, invert: c.Invert, alphabet: alphabet}}, err
}

func (c component) byteLevel() (cut, error) {
	if c.AddPrefixSpace == nil {
		return cut{}, c.refuse("add_prefix_space", "nothing", "true, false")
	}
	var step cut
	if *c.AddPrefixSpace {
		step.prefix = " "
	}
	if c.UseRegex == nil || *c.UseRegex {
		step.next = nextGPT2
	}
	return step, nil
}

// The values of prepend_scheme: which parts of a text get a mark at their beginning.
const (
	schemeAlways = "always"
	schemeFirst  = "first"
	schemeNever  = "never"
)

// scheme returns the prepend_scheme of a Metaspace. Older files say add_prefix_space.
func (c component) scheme() (string, error) {
	prepended := c.AddPrefixSpace == nil || *c.AddPrefixSpace
	switch c.PrependScheme {
	case "":
		if prepended {
			return schemeAlways, nil
		}
		return schemeNever, nil
	case schemeAlways, schemeFirst, schemeNever:
		if !prepended && c.PrependScheme != schemeNever {
			return "", c.refuse("prepend_scheme", c.PrependScheme, "never with add_prefix_space false")
		}
		return c.PrependScheme, nil
	}
	return "", c.refuse("prepend_scheme", c.PrependScheme, "always, first, never")
}

// mark returns the one character that stands for a space.
func (c component) mark() (string, error) {
	if utf8.RuneCountInString(c.Replacement) != 1 {
		return "", c.refuse("replacement", c.Replacement, "one character")
	}
	return c.Replacement, nil
}

func (c component) metaspace() (cut, error) {
	mark, err := c.mark()
	if err != nil {
		return cut{}, err
	}
	scheme, err := c.scheme()
	if err != nil {
		return cut{}, err
	}
	step := cut{replace: strings.NewReplacer(" ", mark)}
	if scheme != schemeNever {
		step.prefix, step.onlyFirst = mark, scheme == schemeFirst
	}
	if c.Split == nil || *c.Split {
		c.Pattern.String = &mark
		find, err := c.matcher()
		if err != nil {
			return cut{}, err
		}
		step.splitter = &splitter{matches: find, behavior: mergedWithNext}
	}
	return step, nil
}
