package tokenizer

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// decoder says how the tokens of a file become text.
type decoder struct {
	byteLevel bool
	// replace is applied to each token that is text.
	replace []normalizer
	// strip is how many spaces are taken off the beginning of a text.
	strip int
}

// decoderOrder are the orders of parts whose result is the text that was encoded.
var decoderOrder = regexp.MustCompile(`^((Replace )*ByteFallback( Fuse( Strip)?)?|ByteFallback Metaspace( Fuse)?|Metaspace ByteFallback( Fuse)?)$`)

// newDecoder reads the decoder of a tokenizer.json, which must fit the way the
// text was encoded.
func newDecoder(raw json.RawMessage, byteLevel bool) (decoder, error) {
	if byteLevel {
		parts, err := flatten("decoder", raw, "ByteLevel")
		if err == nil && len(parts) != 1 {
			err = refusal("decoder", raw, "ByteLevel, as the pre_tokenizer is")
		}
		return decoder{byteLevel: true}, err
	}
	parts, err := flatten("decoder", raw, "Replace", "ByteFallback", "Fuse", "Strip", "Metaspace")
	if err != nil {
		return decoder{}, err
	}
	var order []string
	var d decoder
	for _, part := range parts {
		order = append(order, part.Type)
		switch part.Type {
		case "Replace":
			replace, err := part.replacement()
			if err != nil {
				return decoder{}, err
			}
			d.replace = append(d.replace, replace)
		case "Metaspace":
			if err := d.metaspace(part); err != nil {
				return decoder{}, err
			}
		case "Strip":
			if part.Content != " " || part.Start < 0 || part.Start > 1 || part.Stop != 0 {
				return decoder{}, part.refuse("content, start, stop", []any{part.Content, part.Start, part.Stop}, `[" ",1,0]`)
			}
			d.strip = part.Start
		}
	}
	if !decoderOrder.MatchString(strings.Join(order, " ")) {
		return decoder{}, refusal("decoder", order, "Replace or Metaspace, ByteFallback, Fuse, Strip in this order with byte_fallback")
	}
	return d, nil
}

// metaspace turns the marks back into spaces. Where encoding puts one before the
// text, a space is taken off its beginning; the reference drops all marks of the
// first token, which is the same unless a text begins with several spaces.
func (d *decoder) metaspace(c component) error {
	mark, err := c.mark()
	if err != nil {
		return err
	}
	scheme, err := c.scheme()
	if scheme != schemeNever {
		d.strip = 1
	}
	d.replace = []normalizer{always(func(token string) string { return strings.ReplaceAll(token, mark, " ") })}
	return err
}

// text returns what a token of the model decodes to, and whether it is written
// as text that is merged is.
func (d decoder) text(token string) (text string, plain bool, err error) {
	if d.byteLevel {
		decoded, plain := appendAlphabetBytes(make([]byte, 0, len(token)), token)
		return string(decoded), plain, nil
	}
	if b, ok := byteToken(token); ok {
		return string([]byte{b}), false, nil
	}
	text = token
	for _, replace := range d.replace {
		if text, err = replace(text); err != nil {
			return "", true, fmt.Errorf("decoder %w", err)
		}
	}
	return text, true, nil
}
