package latex

import (
	"strings"
	"unicode"
)

// signs are what LaTeX would have for signs outside ASCII.
var signs = map[rune]string{
	'−': "-", '–': "-", '—': "-", '﹣': "-", '‐': "-", '‑': "-", '×': `\times `, '·': `\cdot `, '⋅': `\cdot `, '∙': `\cdot `, '•': `\cdot `, '∗': "*", '÷': "/", '∕': "/", '⁄': "/", '∶': ":",
	'√': `\sqrt `, '∛': `\sqrt[3]`, '∜': `\sqrt[4]`, '∞': `\infty `, '°': `^\circ `, 'º': `^\circ `, '˚': `^\circ `, '∘': `\circ `, '℃': `^\circ C`, '℉': `^\circ F`,
	'≤': `\leq `, '≥': `\geq `, '⩽': `\leq `, '⩾': `\geq `, '≦': `\leq `, '≧': `\geq `, '≠': `\neq `, '≈': `\approx `, '≃': `\approx `, '≅': `\cong `, '⊃': `\supset `, '⊇': `\supseteq `, '∋': `\ni `, '∥': `\parallel `, '⊥': `\perp `, '≡': `\equiv `, '∼': `\sim `,
	'±': `\pm `, '∓': `\mp `, '∪': `\cup `, '∩': `\cap `, '∈': `\in `, '∉': `\notin `, '∖': `\setminus `, '∅': `\emptyset `, 'ø': `\emptyset `, 'Ø': `\emptyset `, '⊂': `\subset `, '⊆': `\subseteq `,
	'ℝ': `\mathbb{R}`, 'ℤ': `\mathbb{Z}`, 'ℕ': `\mathbb{N}`, 'ℚ': `\mathbb{Q}`, 'ℂ': `\mathbb{C}`, '⟨': `\langle `, '⟩': `\rangle `, '⌊': `\lfloor `, '⌋': `\rfloor `, '⌈': `\lceil `, '⌉': `\rceil `,
	'∠': `\angle `, '∧': `\wedge `, '∨': `\vee `, '¬': `\neg `, '⇒': `\implies `, '→': `\to `, '↦': `\mapsto `, '∀': `\forall `, '∃': `\exists `, '∑': `\sum `, '∏': `\prod `, '∫': `\int `, '∂': `\partial `, '∇': `\nabla `,
	'′': "'", '″': "''", '‴': "'''", '’': "'", '‘': "'", '、': ",", '。': ".", '…': `\ldots `, '⋯': `\ldots `, '٫': ".", '٬': ",", '،': ",", '؛': ";", '٪': "%",
	'∣': "|", '‖': `\|`, 'ℓ': "l", '＄': `\$`, '￥': "¥", '￡': "£", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬀ': "ff",
	'\u00a0': " ", '\u202f': " ", '\u2009': " ", '\u2003': " ", '\u2002': " ", '\u3000': " ", '\u2063': ",",
	'½': `\frac{1}{2}`, '⅓': `\frac{1}{3}`, '⅔': `\frac{2}{3}`, '¼': `\frac{1}{4}`, '¾': `\frac{3}{4}`, '⅕': `\frac{1}{5}`, '⅖': `\frac{2}{5}`, '⅗': `\frac{3}{5}`, '⅘': `\frac{4}{5}`, '⅙': `\frac{1}{6}`, '⅚': `\frac{5}{6}`,
	'⅐': `\frac{1}{7}`, '⅑': `\frac{1}{9}`, '⅒': `\frac{1}{10}`, '⅛': `\frac{1}{8}`, '⅜': `\frac{3}{8}`, '⅝': `\frac{5}{8}`, '⅞': `\frac{7}{8}`, '↉': `\frac{0}{3}`,
	'ℎ': "h", 'ℯ': "e", 'ⅇ': "e", 'ⅈ': "i", 'ⅆ': "d", '～': "~", '⋂': `\cap `, '⋃': `\cup `, '△': `\triangle `, 'ϵ': `\epsilon `, 'ϑ': `\theta `, 'ϕ': `\phi `, 'ϱ': `\rho `, 'ϖ': `\pi `, 'ς': `\sigma `,
}

// raised and lowered are the signs of exponents and indices.
var (
	raised     = pairsOf("⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁺+⁻-⁼=⁽(⁾)ⁿnⁱiˣxʸyᵃaᵇbᶜcᵈdᵉeᵏkᵐmᵖpᵗtᵀTᵒo")
	lowered    = pairsOf("₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9₊+₋-₌=₍(₎)ₐaₑeₒoₓxₕhₖkₗlₘmₙnₚpₛsₜtᵢiⱼjᵣr")
	roman      = [...]string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}
	greekNames = strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega")
)

func pairsOf(s string) map[rune]byte {
	m, runes := map[rune]byte{}, []rune(s)
	for i := 0; i < len(runes); i += 2 {
		m[runes[i]] = byte(runes[i+1])
	}
	return m
}

// plainSigns writes signs outside ASCII as LaTeX does: exponents and indices as groups,
// letters and digits of all styles and scripts as those of ASCII. Words of other scripts stay.
func plainSigns(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 16)
	all := []rune(s)
	for i := 0; i < len(all); i++ {
		r := all[i]
		if r == 'µ' { // the sign for micro
			r = 'μ'
		}
		if size := overlined(&b, all[i:]); size > 0 {
			i += size - 1
			continue
		}
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		if degree := rootDegree(all[i:]); degree > 0 && (i == 0 || !unicode.IsLetter(all[i-1]) && !unicode.IsDigit(all[i-1]) && all[i-1] != ')' && all[i-1] != '}') {
			b.WriteString(`\sqrt[` + string('0'+degree) + "]") // ³√8
			i++
			continue
		}
		if size := script(&b, all[i:], "^{", raised) + script(&b, all[i:], "_{", lowered); size > 0 {
			i += size - 1
			continue
		}
		b.WriteString(plainSign(r, i > 0 && all[i-1] < 0x80 && isLetter(byte(all[i-1])), i+1 < len(all) && all[i+1] < 0x80 && isLetter(byte(all[i+1]))))
	}
	return b.String()
}

// overlined writes a run of digits with lines over them as a period, or a letter with a line
// over it, and counts its signs.
func overlined(b *strings.Builder, all []rune) (size int) {
	if len(all) > 1 && unicode.IsLetter(all[0]) && (all[1] == '\u0304' || all[1] == '\u0305') {
		b.WriteString(`\bar{` + string(all[0]) + "}")
		return 2
	}
	var digits []rune
	for size+1 < len(all) && all[size] >= '0' && all[size] <= '9' && all[size+1] == '\u0305' {
		digits = append(digits, all[size])
		size += 2
	}
	if size > 0 {
		b.WriteString(`\overline{` + string(digits) + "}")
	}
	return size
}

// rootDegree is the degree of a root that is written as ³√ is, 0 if none comes next.
func rootDegree(all []rune) rune {
	if len(all) < 2 || all[1] != '√' || raised[all[0]] < '2' || raised[all[0]] > '9' {
		return 0
	}
	return rune(raised[all[0]] - '0')
}

// script writes a run of raised or lowered signs as a group and counts them.
func script(b *strings.Builder, all []rune, open string, table map[rune]byte) (size int) {
	for size < len(all) && table[all[size]] != 0 {
		size++
	}
	if size == 0 {
		return 0
	}
	b.WriteString(open)
	for _, r := range all[:size] {
		b.WriteByte(table[r])
	}
	b.WriteByte('}')
	return size
}

// plainSign is one sign. μm and kΩ are units, next to their letters.
func plainSign(r rune, afterLetter, beforeLetter bool) string {
	switch {
	case r == 'Ω' && afterLetter, r == 'μ' && beforeLetter:
		return string(r)
	case signs[r] != "" || unseen[r]:
		return signs[r]
	case r >= 0xff01 && r <= 0xff5e:
		return string(r - 0xfee0)
	case r >= 'Ⅰ' && r <= 'Ⅻ':
		return roman[r-'Ⅰ']
	case r >= 'α' && r <= 'ω':
		return `\` + greekNames[r-'α'] + " "
	case strings.ContainsRune("ΓΔΘΛΞΠΣΦΨΩ", r):
		name := greekNames[r-'Α']
		return `\` + strings.ToUpper(name[:1]) + name[1:] + " "
	case r >= 0x1d400 && r <= 0x1d7ff:
		return styled(r)
	case unicode.Is(unicode.Nd, r):
		return string('0' + digitValue(r))
	}
	return string(r)
}

// unseen are signs that do not count.
var unseen = map[rune]bool{'“': true, '”': true, '「': true, '」': true, '\u200b': true, '\u200c': true, '\u200d': true, '\u2060': true, '\u2061': true, '\u2062': true, '\ufeff': true}

// styled is the ASCII or Greek letter, or the digit, of a mathematical letter.
func styled(r rune) string {
	switch {
	case r >= 0x1d7ce:
		return string('0' + (r-0x1d7ce)%10)
	case r >= 0x1d6a8: // bold, italic, … Greek of 58 signs each
		k := (r - 0x1d6a8) % 58
		switch {
		case k < 25:
			return plainSign('Α'+k, false, false)
		case k >= 26 && k < 51:
			return `\` + greekNames[k-26] + " "
		}
		return string(r)
	case r < 0x1d6a4:
		k := (r - 0x1d400) % 52
		if k < 26 {
			return string('A' + k)
		}
		return string('a' + k - 26)
	}
	return string(r)
}

// digitValue is the value of a decimal digit of any script: they stand in runs of ten.
func digitValue(r rune) rune {
	value := rune(0)
	for d := r - 1; unicode.Is(unicode.Nd, d); d-- {
		value++
	}
	return value % 10
}
