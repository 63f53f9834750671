package synthetic

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"strconv"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/tokenizer"
)

// evaluate is the value of an expression at x as Python computes it: whole numbers, and a remainder
// that has the sign of the divisor. Go reads it with the precedence that Python has.
func evaluate(t *testing.T, text string, x int) int {
	t.Helper()
	parsed, err := parser.ParseExpr(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var value func(ast.Expr) int
	value = func(e ast.Expr) int {
		switch e := e.(type) {
		case *ast.ParenExpr:
			return value(e.X)
		case *ast.BasicLit:
			n, err := strconv.Atoi(e.Value)
			if err != nil {
				t.Fatal(err)
			}
			return n
		case *ast.Ident:
			return x
		case *ast.BinaryExpr:
			l, r := value(e.X), value(e.Y)
			switch e.Op.String() {
			case "+":
				return l + r
			case "-":
				return l - r
			case "*":
				return l * r
			case "%":
				for ; l < 0; l += r {
				}
				return l % r
			}
		}
		t.Fatalf("%s holds %T", text, e)
		return 0
	}
	return value(parsed)
}

// TestAtoms: every atomic function is the expression that it is written as.
func TestAtoms(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range atoms() {
		seen[a.name()] = true
		for x := -20; x <= 20; x++ {
			if got, want := evaluate(t, a.expression("x"), x), a.at(x); got != want {
				t.Errorf("%s at %d: %d, want %d", a.expression("x"), x, got, want)
			}
		}
	}
	if len(seen) != 38 {
		t.Errorf("%d atomic functions", len(seen))
	}
}

// TestCompositions: the demonstrated program passes the tests, every line of the work is
// true, and all of it is in the vocabulary.
func TestCompositions(t *testing.T) {
	tok, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	spec := recipe.Synthetic{Kind: recipe.Problems, Count: 2000, CodeFraction: 1, Depths: []int{1, 2, 3, 4}}
	problems, _ := generate(t, spec, 5)
	spec.Kind, spec.Styles = recipe.Demonstrations, map[recipe.Style]float64{recipe.Verbose: 1}
	_, examples := generate(t, spec, 5)
	depths := map[int]int{}
	for i, p := range problems {
		e := examples[i]
		work, program, _ := strings.Cut(e.Response, tokenizer.EndThinkToken)
		expression, ok := strings.CutPrefix(program, "def f(x):return ")
		if e.Prompt != p.Prompt || !ok {
			t.Fatalf("%+v, %+v", p, e)
		}
		var tests struct {
			Cases []struct {
				Args   [1]int
				Expect int
			}
		}
		if err := json.Unmarshal(p.Tests, &tests); err != nil || len(tests.Cases) != 10 {
			t.Fatalf("%s: %v", p.Tests, err)
		}
		for _, c := range tests.Cases {
			if got := evaluate(t, expression, c.Args[0]); got != c.Expect {
				t.Fatalf("%s: %s at %d is %d, want %d", p.Question, expression, c.Args[0], got, c.Expect)
			}
		}
		depth := strings.Count(work, "ok")
		depths[depth]++
		for _, l := range strings.Split(strings.TrimSuffix(work, "ok"), "ok") {
			l = strings.NewReplacer("so", "", "then", "", "now", "", "next", "", "check", ";", "wait", ";", "hmm", ";").Replace(l)
			before, check, _ := strings.Cut(l, ";")
			if check != fmt.Sprintf("f(1)=%d", evaluate(t, before, 1)) {
				t.Fatalf("%s: %s", p.Question, l)
			}
		}
		read, err := dataset.Tokenize(tok, tok.EOS(), e)
		if err != nil || len(read.Prompt) != 4+2*depth || len(read.Response) > 100 {
			t.Fatalf("%+v: %d and %d tokens, %v", e, len(read.Prompt), len(read.Response), err)
		}
	}
	for depth := 1; depth <= 4; depth++ {
		near(t, fmt.Sprint("depth ", depth), depths[depth], 2000, .25)
	}
}

// TestCompositionsHeldOut: compositions are held out, atomic functions never.
func TestCompositionsHeldOut(t *testing.T) {
	trained := map[string]bool{}
	problems, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, Count: 4000, CodeFraction: 1, Depths: []int{1, 2}}, 1)
	for _, p := range problems {
		trained[p.ID] = true
	}
	for _, a := range atoms() {
		if !trained["c:"+a.name()] {
			t.Errorf("%s is not trained on", a.name())
		}
	}
	heldOut, _ := generate(t, recipe.Synthetic{Kind: recipe.Problems, Count: 200, CodeFraction: 1, Depths: []int{2}, HeldOut: true}, 1)
	seen := map[string]bool{}
	for _, p := range heldOut {
		if trained[p.ID] || seen[p.ID] || !HeldOut(p.ID) {
			t.Errorf("%s is trained on or repeated", p.ID)
		}
		seen[p.ID] = true
	}
}
