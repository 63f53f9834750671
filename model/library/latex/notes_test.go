package latex

import "testing"

// TestReadNote: what words after a value say: units in one form, what is counted, or a remark.
func TestReadNote(t *testing.T) {
	for text, want := range map[string]note{
		"cm": {unit: "cm"}, "Centimetres": {unit: "cm"}, "MHz": {unit: "MHz"}, "mHz": {unit: "mHz"}, "KG": {unit: "kg"}, "kilopascals": {unit: "kPa"}, "micrometers": {unit: "μm"}, "μm": {unit: "μm"},
		"km h^-1": {unit: "km/h"}, "kilometers per hour": {unit: "km/h"}, "mph": {unit: "mi/h"}, "m/s^2": {unit: "m/s^2"}, "meters per second squared": {unit: "m/s^2"}, "N·m": {unit: "N·m"}, "m N": {unit: "N·m"},
		"square feet": {unit: "ft^2"}, "sq. ft": {unit: "ft^2"}, "cubic centimeters": {unit: "cm^3"}, "dollars an hour": {unit: "$/h"}, "per day": {unit: "/day"}, "in total": {}, "in": {unit: "in"}, "different ways": {},
		"square units": {unit: "unit^2"}, "red marbles": {things: "red marble"}, "marble": {things: "marble"}, "people": {things: "person"}, "years old": {unit: "year"}, "个苹果": {things: "苹果"}, "平方米": {unit: "m^2"}, "км/ч": {unit: "km/h"},
		"blorps": {remark: "blorps"}, "units up": {remark: "units up"}, "square": {remark: "square"}, "cm to spare": {remark: "cm to spare"}, "A": {unit: "A"}, "degrees Celsius": {unit: "°C"},
	} {
		if got := readNote(text); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

func TestSpoken(t *testing.T) {
	for text, want := range map[string]string{
		"twelve": "12", "twenty-five": "25", "three hundred and five": "305", "one million two hundred thousand": "1200000", "minus five": "-5", "three sevenths": "3/7", "one half": "1/2", "two and a half": "5/2",
		"two and three quarters": "11/4", "a hundred": "100", "two dozen": "24", "three point one four": "157/50", "zero": "0",
		"one-to-one": "", "seventh": "", "and five": "", "tens": "", "fivefold": "", "bn": "", "": "",
	} {
		r, size := spokenText(text)
		got := ""
		if size > 0 {
			got = r.RatString()
		}
		if got != want || want != "" && size != len(text) {
			t.Errorf("%q: %q of %d bytes, want %q", text, got, size, want)
		}
	}
}

func TestPlainSigns(t *testing.T) {
	for text, want := range map[string]string{
		"10²⁰": "10^{20}", "2⁻¹": "2^{-1}", "x₁₂": "x_{12}", "𝑥+𝟓": "x+5", "３／４": "3/4", "١٢": "12", "५०": "50", "τ": `\tau `, "𝛼": `\alpha `, "Δ": `\Delta `, "5μm": "5μm", "μ": `\mu `, "Ⅳ": "IV", "0.1̅4̅": `0.\overline{14}`, "−5": "-5", "米": "米",
	} {
		if got := plainSigns(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestUnescaped(t *testing.T) {
	for text, want := range map[string]string{
		`\\frac{1}{2}`: `\frac{1}{2}`, `\\\\sqrt{3}`: `\sqrt{3}`, `\\begin{pmatrix}1\\\\2\\end{pmatrix}`: `\begin{pmatrix}1\\2\end{pmatrix}`, `\begin{pmatrix}1\\2\end{pmatrix}`: `\begin{pmatrix}1\\2\end{pmatrix}`,
		"2\times3": `2\times3`, "\frac{1}{2}": `\frac{1}{2}`, "frac{1}{2}": `\frac{1}{2}`, `x\\y`: `x\\y`, `1 \\ 2`: `1 \\ 2`,
	} {
		if got := unescaped(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestWords: the form in which texts are compared keeps signs, points and primes.
func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"At least -3": "at least -3", "at least − 3": "at least − 3", "obtuse-angled": "obtuse angled", "Yes.": "yes", "3.5 on average": "3.5 on average", "triangle A'B'": "triangle a'b'", "X": "X", "a, b; c": "a b c", "Monday - Friday": "monday friday",
	} {
		if got := Words(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
