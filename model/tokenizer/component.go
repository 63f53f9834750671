package tokenizer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"temper/model/library/jsonkind"
)

// component is a normalizer, pre-tokenizer, post-processor or decoder of a
// tokenizer.json. A field that none of the supported types has is an error.
type component struct {
	at   string // where in the file
	Type string `json:"type"`

	Pattern struct {
		String *string `json:"String"`
		Regex  *string `json:"Regex"`
	} `json:"pattern"`
	Content          string          `json:"content"`           // Replace, Strip
	Prepend          string          `json:"prepend"`           // Prepend
	Behavior         string          `json:"behavior"`          // Split
	Invert           bool            `json:"invert"`            // Split
	IndividualDigits bool            `json:"individual_digits"` // Digits
	AddPrefixSpace   *bool           `json:"add_prefix_space"`  // ByteLevel
	UseRegex         *bool           `json:"use_regex"`         // ByteLevel
	TrimOffsets      bool            `json:"trim_offsets"`      // ByteLevel: where tokens are, which is not asked here
	Start            int             `json:"start"`             // Strip
	Stop             int             `json:"stop"`              // Strip
	StripLeft        bool            `json:"strip_left"`        // Strip, the normalizer
	StripRight       bool            `json:"strip_right"`       // Strip, the normalizer
	Replacement      string          `json:"replacement"`       // Metaspace
	PrependScheme    string          `json:"prepend_scheme"`    // Metaspace
	Split            *bool           `json:"split"`             // Metaspace
	StrRep           string          `json:"str_rep"`           // Metaspace: the replacement again
	Single           json.RawMessage `json:"single"`            // TemplateProcessing
	Pair             json.RawMessage `json:"pair"`              // TemplateProcessing: two texts, which nothing here has
	SpecialTokens    json.RawMessage `json:"special_tokens"`    // TemplateProcessing
}

// flatten returns the parts of a component, which may be null or a Sequence. It
// refuses types that are not supported.
func flatten(at string, raw json.RawMessage, supported ...string) ([]component, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var head struct {
		Type          string            `json:"type"`
		Normalizers   []json.RawMessage `json:"normalizers"`
		Pretokenizers []json.RawMessage `json:"pretokenizers"`
		Processors    []json.RawMessage `json:"processors"`
		Decoders      []json.RawMessage `json:"decoders"`
	}
	if err := jsonkind.Decode(raw, &head); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	const deepest = 8 // sequences in sequences
	if head.Type == "Sequence" && strings.Count(at, "[") > deepest {
		return nil, refusal(at+".type", head.Type, fmt.Sprintf("%d sequences within each other", deepest))
	}
	if head.Type == "Sequence" {
		var parts []component
		for i, child := range slices.Concat(head.Normalizers, head.Pretokenizers, head.Processors, head.Decoders) {
			inner, err := flatten(fmt.Sprintf("%s[%d]", at, i), child, supported...)
			if err != nil {
				return nil, err
			}
			parts = append(parts, inner...)
		}
		return parts, nil
	}
	part := component{at: at, Type: head.Type}
	if !slices.Contains(supported, head.Type) {
		return nil, part.refuse("type", head.Type, "null, Sequence, "+strings.Join(supported, ", "))
	}
	if err := jsonkind.DecodeKnown(raw, &part); err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	return []component{part}, nil
}

func (c component) refuse(field string, value any, supported string) error {
	return refusal(c.at+"."+field, value, supported)
}

// refusal says which field of a file has a value that is not supported.
func refusal(field string, value any, supported string) error {
	var shown strings.Builder
	encoder := json.NewEncoder(&shown)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil { // what comes here was JSON before
		fmt.Fprint(&shown, value)
	}
	return fmt.Errorf("%s is %s: supported are %s", field, jsonkind.Clip(strings.TrimSpace(shown.String())), supported)
}
