package tokenizer

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nfc returns the canonical composition of text (Unicode Standard Annex 15).
//
// Package norm supplies the data and tells whether there is anything to do, but
// it does not do it: after 30 combining marks in a row it puts in a U+034F
// (Stream-Safe Text Format), which would be another text with other tokens.
func nfc(text string) string {
	if norm.NFC.IsNormalString(text) {
		return text
	}
	out := make([]byte, 0, len(text))
	var segment []mark
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 { // a stray byte stays as it is and combines with nothing
			out = append(appendComposed(out, segment), text[i])
			segment = segment[:0]
			i++
			continue
		}
		segment = appendDecomposed(segment, r, text[i:i+size])
		i += size
		// A segment ends before a character that neither is a mark nor can
		// compose with what comes before it.
		if i < len(text) && norm.NFC.PropertiesString(text[i:]).BoundaryBefore() {
			out = appendComposed(out, segment)
			segment = segment[:0]
		}
	}
	return string(appendComposed(out, segment))
}

// mark is a character and its canonical combining class, 0 for a starter.
type mark struct {
	r     rune
	class uint8
}

// The syllables of Hangul are composed by arithmetic (The Unicode Standard, section 3.12).
const (
	hangulSyllables, hangulCount      = 0xac00, 11172
	hangulL, hangulV, hangulT         = 0x1100, 0x1161, 0x11a7
	hangulLs, hangulVs, hangulTs      = 19, 21, 28
	hangulPerLead                rune = hangulVs * hangulTs
)

// appendDecomposed appends the full canonical decomposition of r, which is the text encoded.
func appendDecomposed(segment []mark, r rune, encoded string) []mark {
	if index := r - hangulSyllables; 0 <= index && index < hangulCount {
		segment = append(segment, mark{r: hangulL + index/hangulPerLead}, mark{r: hangulV + index%hangulPerLead/hangulTs})
		if trail := index % hangulTs; trail > 0 {
			segment = append(segment, mark{r: hangulT + trail})
		}
		return segment
	}
	properties := norm.NFD.PropertiesString(encoded)
	decomposition := properties.Decomposition()
	if decomposition == nil {
		return append(segment, mark{r: r, class: properties.CCC()})
	}
	for len(decomposition) > 0 {
		part, size := utf8.DecodeRune(decomposition)
		segment = append(segment, mark{r: part, class: norm.NFD.Properties(decomposition).CCC()})
		decomposition = decomposition[size:]
	}
	return segment
}

// appendComposed puts the marks of segment in canonical order, composes what
// composes, and appends the result. It uses segment up.
func appendComposed(out []byte, segment []mark) []byte {
	for start := 0; start < len(segment); start++ {
		end := start
		for end < len(segment) && segment[end].class != 0 {
			end++
		}
		slices.SortStableFunc(segment[start:end], func(a, b mark) int { return cmp.Compare(a.class, b.class) })
		start = end
	}
	kept := segment[:0]
	starter := -1 // index in kept of the last starter
	for _, m := range segment {
		if starter >= 0 {
			// What stands between the starter and m blocks it if it is a starter
			// or its class is not below m's.
			last := kept[len(kept)-1].class
			if len(kept)-1 == starter || last != 0 && last < m.class {
				if composed, ok := compose(kept[starter].r, m.r); ok {
					kept[starter].r = composed
					continue
				}
			}
		}
		if m.class == 0 {
			starter = len(kept)
		}
		kept = append(kept, m)
	}
	for _, m := range kept {
		out = utf8.AppendRune(out, m.r)
	}
	return out
}

// compose returns the primary composite of two characters.
func compose(first, second rune) (rune, bool) {
	if l, v := first-hangulL, second-hangulV; 0 <= l && l < hangulLs && 0 <= v && v < hangulVs {
		return hangulSyllables + (l*hangulVs+v)*hangulTs, true
	}
	if s, t := first-hangulSyllables, second-hangulT; 0 <= s && s < hangulCount && s%hangulTs == 0 && 0 < t && t < hangulTs {
		return first + t, true
	}
	var buffer [2 * utf8.UTFMax]byte
	pair := utf8.AppendRune(utf8.AppendRune(buffer[:0], first), second)
	composed := norm.NFC.Append(nil, pair...)
	if r, size := utf8.DecodeRune(composed); size == len(composed) {
		return r, true
	}
	return 0, false
}
