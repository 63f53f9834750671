package tokenizer

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// form is one of the four normalization forms of Unicode Standard Annex 15.
type form struct {
	norm.Form            // the form itself
	decomposed norm.Form // what characters are decomposed to: NFD or NFKD
	compose    bool
}

var forms = map[string]form{
	"NFC":  {norm.NFC, norm.NFD, true},
	"NFD":  {norm.NFD, norm.NFD, false},
	"NFKC": {norm.NFKC, norm.NFKD, true},
	"NFKD": {norm.NFKD, norm.NFKD, false},
}

// normalize returns text in the form.
//
// Package norm supplies the data and tells whether there is anything to do, but
// it does not do it: after 30 combining marks in a row it puts in a U+034F
// (Stream-Safe Text Format), which would be another text with other tokens.
func (f form) normalize(text string) string {
	if f.IsNormalString(text) {
		return text
	}
	out := make([]byte, 0, len(text))
	var segment []mark
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 { // a stray byte stays as it is and combines with nothing
			out = append(f.appendSegment(out, segment), text[i])
			segment = segment[:0]
			i++
			continue
		}
		segment = f.appendDecomposed(segment, r, text[i:i+size])
		i += size
		// A segment ends before a character that neither is a mark nor can
		// compose with what comes before it.
		if i < len(text) && f.PropertiesString(text[i:]).BoundaryBefore() {
			out = f.appendSegment(out, segment)
			segment = segment[:0]
		}
	}
	return string(f.appendSegment(out, segment))
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

// appendDecomposed appends the full decomposition of r, which is the text encoded.
func (f form) appendDecomposed(segment []mark, r rune, encoded string) []mark {
	if index := r - hangulSyllables; 0 <= index && index < hangulCount {
		segment = append(segment, mark{r: hangulL + index/hangulPerLead}, mark{r: hangulV + index%hangulPerLead/hangulTs})
		if trail := index % hangulTs; trail > 0 {
			segment = append(segment, mark{r: hangulT + trail})
		}
		return segment
	}
	properties := f.decomposed.PropertiesString(encoded)
	decomposition := properties.Decomposition()
	if decomposition == nil {
		return append(segment, mark{r: r, class: properties.CCC()})
	}
	for len(decomposition) > 0 {
		part, size := utf8.DecodeRune(decomposition)
		segment = append(segment, mark{r: part, class: f.decomposed.Properties(decomposition).CCC()})
		decomposition = decomposition[size:]
	}
	return segment
}

// appendSegment puts the marks of segment in canonical order, composes what
// composes if the form is composed, and appends the result. It uses segment up.
func (f form) appendSegment(out []byte, segment []mark) []byte {
	for start := 0; start < len(segment); start++ {
		end := start
		for end < len(segment) && segment[end].class != 0 {
			end++
		}
		slices.SortStableFunc(segment[start:end], func(a, b mark) int { return cmp.Compare(a.class, b.class) })
		start = end
	}
	if f.compose {
		segment = composed(segment)
	}
	for _, m := range segment {
		out = utf8.AppendRune(out, m.r)
	}
	return out
}

// composed joins the characters of a segment in canonical order that have a composite, in place.
func composed(segment []mark) []mark {
	kept := segment[:0]
	starter := -1 // index in kept of the last starter
	for _, m := range segment {
		if starter >= 0 {
			// What stands between the starter and m blocks it if it is a starter
			// or its class is not below m's.
			last := kept[len(kept)-1].class
			if len(kept)-1 == starter || last != 0 && last < m.class {
				if joined, ok := compose(kept[starter].r, m.r); ok {
					kept[starter].r = joined
					continue
				}
			}
		}
		if m.class == 0 {
			starter = len(kept)
		}
		kept = append(kept, m)
	}
	return kept
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
