package latex

import (
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// note is what words after a value say.
type note struct {
	unit   string // known units, multiplied in one form: km/h, ft^2, $/h
	things string // known things that are counted, in their single forms
	remark string // the words, if one of them is not known: then they are a part of the answer
}

// longestNote bounds the bytes of words after a value of which each is looked for.
const longestNote = 200

// readNote reads the words after a value.
func readNote(text string) note {
	if len(text) > longestNote {
		return note{remark: Words(text)}
	}
	r := noteReader{powers: map[string]int{}, sign: 1, power: 1}
	r.fields = strings.Fields(strings.NewReplacer("/", " / ", "·", " ", "*", " ", "(", " ", ")", " ", ",", " ").Replace(text))
	for len(r.fields) > 0 {
		if !r.next() {
			return note{remark: Words(text)}
		}
	}
	if r.power != 1 {
		return note{remark: Words(text)}
	}
	return note{unit: productOf(r.powers), things: strings.Join(r.things, " ")}
}

// noteReader takes known words off the front of a note.
type noteReader struct {
	fields []string
	powers map[string]int // of each unit
	sign   int            // of the next unit's power: -1 after per
	power  int            // of the next unit: 2 after square
	things []string
}

// next reads a word or a unit; false if it is not known.
func (r *noteReader) next() bool {
	word := strings.ToLower(r.fields[0])
	if r.fields[0] == "A" {
		word = "A" // ampere
	}
	switch word {
	case "/", "per", "a", "an", "each", "every":
		if len(r.powers) > 0 && r.unitAt(1) > 0 || word == "/" || word == "per" {
			r.sign = -1
		}
		r.fields = r.fields[1:]
		return true
	case "square", "sq", "sq.", "cubic", "cu", "cu.":
		r.power = 2
		if word[0] == 'c' {
			r.power = 3
		}
		r.fields = r.fields[1:]
		return r.unitAt(0) > 0
	case "of":
		return r.material()
	case "in":
		if len(r.fields) > 1 && r.fields[1] != "/" && r.fields[1] != "per" {
			r.fields = r.fields[1:]
			return true // 5 in total
		}
	}
	if size := r.unitAt(0); size > 0 {
		r.unit(size)
		return true
	}
	base, _, _ := strings.Cut(word, "^")
	switch single := things[word]; {
	case filler[word] || filler[base]:
	case counted.MatchString(word): // three-digit numbers are no two-digit ones
		r.things = append(r.things, word)
	case single != "":
		if !slices.Contains(r.things, single) {
			r.things = append(r.things, single)
		}
	default:
		return r.glued()
	}
	r.fields, r.sign = r.fields[1:], 1
	return true
}

// counted is an adjective of how many parts the things have.
var counted = regexp.MustCompile(`^(?:\d+|n|one|two|three|four|five|six|seven|eight|nine|ten)-(?:digit|letter|element|member|sided|person|point|term|step|bit)$`)

// material reads "of" and what something is made of, or a part of, after a unit or a thing: at
// most three words, of which any may be unknown.
func (r *noteReader) material() bool {
	r.fields = r.fields[1:]
	if len(r.powers)+len(r.things) == 0 || len(r.fields) > 3 {
		return true
	}
	for _, word := range r.fields {
		word = strings.ToLower(word)
		switch single := things[word]; {
		case single != "":
			r.things = append(r.things, single)
		case contrary[word]:
			return false
		case !filler[word] && oneUnit(word) == "":
			r.things = append(r.things, word)
		}
	}
	r.fields = nil
	return true
}

// contrary are words that have an opposite: they turn a value round.
var contrary = set("loss profit gain debt deficit surplus increase decrease error")

// unitAt counts the fields of the unit that begins with field i; 0 if none does.
func (r *noteReader) unitAt(i int) int {
	for size := min(longestUnit, len(r.fields)-i); size > 0; size-- {
		base, _, _ := strings.Cut(strings.Join(r.fields[i:i+size], " "), "^")
		if oneUnit(base) != "" {
			return size
		}
	}
	return 0
}

// unit takes a unit and its power off the front.
func (r *noteReader) unit(size int) {
	base, exponent, _ := strings.Cut(strings.Join(r.fields[:size], " "), "^")
	r.fields = r.fields[size:]
	power := r.power
	if k, err := strconv.Atoi(exponent); err == nil && k > -9 && k < 9 {
		power *= k
	}
	if len(r.fields) > 0 {
		if k := map[string]int{"squared": 2, "cubed": 3}[strings.ToLower(r.fields[0])]; k > 0 {
			power *= k
			r.fields = r.fields[1:]
		}
	}
	multiply(r.powers, oneUnit(base), power*r.sign)
	r.sign, r.power = 1, 1
}

// longestGlued bounds the bytes of a word of a script without blanks.
const longestGlued = 45

// glued reads the longest known word that a word of a script without blanks begins with.
func (r *noteReader) glued() bool {
	word := r.fields[0]
	if word == "" || word[0] < 0x80 {
		return false
	}
	for at := min(len(word)-1, longestGlued); at > 0; at-- {
		if head := word[:at]; at >= 3 && (filler[head] || things[head] != "" || oneUnit(head) != "") {
			r.fields = append([]string{head, word[at:]}, r.fields[1:]...)
			return r.next()
		}
	}
	return false
}

// oneUnit is the form of a unit without powers, "" if it is not known. Names and symbols
// that differ from all units by their case only are known too: KG, Cm.
func oneUnit(s string) string {
	if u := symbols[s]; u != "" {
		return u
	}
	lower := strings.ToLower(s)
	if u := unitNames[lower]; u != "" {
		return u
	}
	if len(s) > 1 {
		return symbols[lower]
	}
	return ""
}

// multiply multiplies units by a power of another, which may be a product itself: m/s.
func multiply(powers map[string]int, unit string, power int) {
	over, under, _ := strings.Cut(unit, "/")
	for i, part := range [...]string{over, under} {
		base, exponent, _ := strings.Cut(part, "^")
		k, err := strconv.Atoi(exponent)
		if err != nil {
			k = 1
		}
		if base != "" {
			powers[base] += power * k * (1 - 2*i)
		}
	}
}

// productOf writes a product of units in one form: km/h, m/s^2, $/h, N·m.
func productOf(powers map[string]int) string {
	var over, under []string
	for _, unit := range slices.Sorted(maps.Keys(powers)) {
		switch k := powers[unit]; {
		case k == 1:
			over = append(over, unit)
		case k > 1:
			over = append(over, unit+"^"+strconv.Itoa(k))
		case k == -1:
			under = append(under, "/"+unit)
		case k < -1:
			under = append(under, "/"+unit+"^"+strconv.Itoa(-k))
		}
	}
	return strings.Join(over, "·") + strings.Join(under, "")
}

// UnitOf is the unit that words name, in one form, "" if they name none that is known.
func UnitOf(text string) string {
	if n := readNote(text); n.remark == "" {
		return n.unit
	}
	return ""
}

// SameUnit says whether two units may be one: a pound is a weight or money, ¥ is yen or yuan,
// and "square units" are units of area.
func SameUnit(a, b string) bool {
	return a == b || alike(a, b) || alike(b, a)
}

func alike(a, b string) bool {
	if power, ok := strings.CutPrefix(a, "unit"); ok {
		base, _, _ := strings.Cut(b, "^")
		return lengths[base] && b[len(base):] == power || power != "" && sizes[b] == power
	}
	return a == "pound" && (b == "lb" || b == "£") || a == "¥" && (b == "yen" || b == "yuan")
}

// lengths are the units that a unit of no name may be, and sizes the powers of others.
var (
	lengths = set("m km dm cm mm μm nm in ft yd mi")
	sizes   = map[string]string{"acre": "^2", "ha": "^2", "L": "^3", "mL": "^3", "gal": "^3"}
)

// multiplier is the number that the first word of a note stands for, and the rest of it.
func multiplier(text string) (*big.Rat, string) {
	text = strings.TrimSpace(text)
	first, rest, _ := strings.Cut(text, " ")
	if m := multipliers[strings.ToLower(first)]; m != nil {
		return m, rest
	}
	if first != "" && first[0] >= 0x80 { // 5万元
		for at := min(len(first), longestGlued); at >= 3; at-- {
			if oneUnit(first[:at]) != "" {
				break // 千克
			}
			if m := multipliers[first[:at]]; m != nil {
				return m, strings.TrimSpace(first[at:] + " " + rest)
			}
		}
	}
	return nil, text
}

// Multiplier is the word that words after a number begin with if it multiplies the number, as
// million or 万; "" if it does not.
func Multiplier(text string) string {
	text = strings.TrimSpace(text)
	m, rest := multiplier(text)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(text[:len(text)-len(rest)])
}
