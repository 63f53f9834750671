package latex

import (
	"strings"
	"testing"
)

// TestParseShape: how notation is read, by its kind.
func TestParseShape(t *testing.T) {
	for answer, want := range map[string]Kind{
		"5": Number, "-5": Negative, "5%": Percent, "5^\\circ": Degrees, "5\\text{ cm}": Quantity, "x_{12}": Symbol, "e": Constant, "e_1": Symbol, "\\infty": Constant, "1+x": Sum, "2x": Product,
		"1/2": Quotient, "3:4": Quotient, "1:2:3": Tuple, "x^2": Power, "x!": Call, "\\sqrt2": Call, "f(x)": Call, "x(x+1)": Product, "1\\frac12": Number, "x\\frac12": Product, "204_5": Based,
		"(1,2]": Tuple, "(1)": Number, "\\{1,2\\}": Set, "\\emptyset": Set, "1,2": List, "1 and 2": List, "1,234": Number, "(1,234)": Tuple, "x=5": Relation, "1<x<2": Relation, "(1,2)\\cup(3,4)": Region,
		"\\text{yes}": Text, "Evelyn": Text, "\\begin{pmatrix}1&2\\end{pmatrix}": Matrix, "1\\pm2": PlusMinus, "\\{x\\mid x>3\\}": Relation, "0.\\overline{3}": Number, "\\text{C}": Symbol,
	} {
		if n, ok := Parse(nil, answer, Options{}); !ok || n.Kind != want {
			t.Errorf("%q: ok %v, kind %v, want %v", answer, ok, n, want)
		}
	}
}

func TestUnreadable(t *testing.T) {
	for _, s := range []string{"", "3 3", "(1", "1)", "\\frac{1}", "\\frac{1}{2", "x^", "+", "1 2 3", "The sum of both is 5", "\\int x", "\\sqrt", "|x", "x2", "5\\text{ or more}", "\\begin{pmatrix}1&2\\\\3\\end{pmatrix}",
		strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100), strings.Repeat("-", 100) + "1", strings.Repeat("\\sqrt", 100) + "1", "1e999999999", "{", "\\{1", "a \\\\ b"} {
		if n, ok := Parse(nil, s, Options{}); ok {
			t.Errorf("%q is read as %s", s, n.Key())
		}
	}
}

func TestUnits(t *testing.T) {
	for note, want := range map[string]string{"cm": "cm", "centimeters": "cm", "square feet": "ft^2", "ft^2": "ft^2", "inches squared": "in^2", "apples": "", "m/s": "m/s", "cubic meters": "m^3", "dollars": "$"} {
		if got := UnitOf(note); got != want {
			t.Errorf("%s: %q, want %q", note, got, want)
		}
	}
}

func TestBraced(t *testing.T) {
	for _, tc := range []struct {
		s, inner string
		size     int
	}{{"{a}b", "a", 3}, {" {a{b}}", "a{b}", 7}, {`{\}}`, `\}`, 4}, {"{a", "", 0}, {"a", "", 0}, {"", "", 0}, {`{\`, "", 0}} {
		if inner, size := Braced(tc.s); inner != tc.inner || size != tc.size {
			t.Errorf("%q: %q, %d", tc.s, inner, size)
		}
	}
}
