package math

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"temper/model/library/latex"
	"temper/model/reward"
)

// No answer, gold answer or pair takes more than this.
const (
	mostTime   = 200 * time.Millisecond // of one core
	mostMemory = 64 << 20               // asked for, whether or not it is given back
)

// within runs the grading of a pair and checks what it takes. A measurement that is too long
// is done again: what else runs on the machine can make it longer, but not shorter.
func within(t *testing.T, answer, gold string, grade func()) {
	t.Helper()
	var took time.Duration
	var memory uint64
	for range 4 {
		took, memory = measure(grade)
		if memory > mostMemory {
			t.Errorf("%s, gold %s: asks for %d MiB of memory, more than %d", short(answer), short(gold), memory>>20, mostMemory>>20)
		}
		if took <= mostTime {
			return
		}
	}
	t.Errorf("%s, gold %s: takes %v, more than %v", short(answer), short(gold), took, mostTime)
}

// measure is the time on all cores and the memory that a call takes.
func measure(call func()) (took time.Duration, memory uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processTime()
	call()
	took = processTime() - start
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc
}

func processTime() time.Duration {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Answers and gold answers of all hostile kinds are graded within bounds, alone, beside each
// other and beside themselves written in another way.
func TestHostileAnswersAreBounded(t *testing.T) {
	rounds := 25
	if testing.Short() {
		rounds = 3
	}
	for _, kind := range slices.Sorted(maps.Keys(hostileKinds)) {
		for round := range rounds {
			rng := rand.New(rand.NewPCG(uint64(round), 1))
			h, other := hostile(kind, rng), hostile(kind, rng)
			for _, pair := range [][2]string{{h, "5"}, {"x+7", h}, {h, other}, {h, h + "+0"}, {h + ", 1", "1, " + h}} {
				within(t, kind+": "+pair[0], pair[1], func() { GradeAnswer(pair[0], pair[1]) })
			}
		}
	}
}

// What a text of MaxText bytes takes is bounded too.
func TestHostileTextsAreBounded(t *testing.T) {
	for _, unit := range []string{"the answer is 5. ", "$1$, ", "1 ", "(((((", "is ", `\boxed{1} `, `\boxed{`, "5 not ", "A. ", "it's A ", "aaaaaaa", " ", "\n", "12,345 ", "final answer ",
		"√2 ", "é是", "<|a", `\(x=1\) `, `\[1\]`, "1 and a half ", "(1,(1,", "equals ", "is: ", "#### 5 ", "$$1", `\frac{1}{2} `, "Option A is "} {
		text := strings.Repeat(unit, 4*MaxText/len(unit))
		within(t, text, "7", func() { GradeAnswer(text+" 5", "7") })
		within(t, "7", text, func() { GradeAnswer("7", text+text) })
	}
}

// The budget is spent before memory is asked for, and always in the same way.
func TestWorkIsCounted(t *testing.T) {
	for _, kind := range slices.Sorted(maps.Keys(hostileKinds)) {
		rng := rand.New(rand.NewPCG(7, 7))
		answer, gold := hostile(kind, rng), hostile(kind, rng)
		spent := func() (steps, bytes int) {
			inBudget(gold, func(p *pair) reward.Result {
				defer func() { steps, bytes = p.budget.Left() }()
				return p.judge(answer)
			})
			return maxSteps - steps, maxBytes - bytes
		}
		var steps, bytes int
		_, memory := measure(func() { steps, bytes = spent() })
		if again, same := spent(); again != steps || same != bytes {
			t.Errorf("%s: %d steps and %d bytes, then %d and %d", kind, steps, bytes, again, same)
		}
		if int(memory) > 2*bytes+4<<20 {
			t.Errorf("%s: asks for %d bytes of memory, %d are counted", kind, memory, bytes)
		}
	}
}

// A pair that exhausts its budget is incorrect, and ungradable only if the gold answer alone
// takes too much.
func TestExhausted(t *testing.T) {
	heavy := strings.Repeat(`\arctan(x+1)+`, 300) + "1"
	deep := `\overline{` + strings.Repeat(`\begin{vmatrix}x&1&1&1\\1&2&3&5\\1&4&9&7\\`, 9) + "1" + strings.Repeat(`&8&27&11\end{vmatrix}`, 9) + "}"
	for _, test := range []struct {
		answer, gold string
		want         reward.Verdict
		reason       string
	}{
		{heavy + "+0", heavy, reward.Incorrect, "takes too long to compare with"},
		{heavy, heavy, reward.Correct, "equals"},
		{deep, "5", reward.Incorrect, "takes too long to compare with"},
		{"5", deep, reward.Ungradable, "the gold answer takes too long to read"},
	} {
		if got := GradeAnswer(test.answer, test.gold); got.Verdict != test.want || !strings.HasPrefix(got.Reason, test.reason) {
			t.Errorf("%s, gold %s: %s, %s; want %s, %s", short(test.answer), short(test.gold), got.Verdict, got.Reason, test.want, test.reason)
		}
	}
	if err := CheckGold(deep); err == nil {
		t.Error("a gold answer that takes too long to read is not found")
	}
	if _, err := ExtractLenient(strings.Repeat(deep+" is $"+deep+"$ ", 20)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a text that takes too long: %v", err)
	}
}

// Hostile answers end at once, with the verdict that the package documents.
func TestBounded(t *testing.T) {
	million := 1 << 20
	for name, answer := range map[string]string{
		"megabytes of braces":    strings.Repeat("{", 4*million),
		"closed braces":          strings.Repeat("{", million) + "1" + strings.Repeat("}", million),
		"megabytes of boxes":     strings.Repeat(`\boxed{`, million),
		"backslashes":            strings.Repeat(`\`, 4*million),
		"digits":                 strings.Repeat("9", 4*million),
		"deep brackets":          strings.Repeat("(", 2000) + "1" + strings.Repeat(")", 2000),
		"deep fractions":         strings.Repeat(`\frac`, 800) + "12",
		"deep roots":             strings.Repeat(`\sqrt`, 800),
		"deep powers":            strings.Repeat("^", 4000),
		"huge exponent":          `1\times10^{999999999999}`,
		"exponent over exponent": "9^9^9^9^9^9",
		"scientific":             "1e999999999",
		"long number":            strings.Repeat("7", 4000),
		"commas":                 strings.Repeat(",", 4000),
		"invalid text":           strings.Repeat("\xff", 4000),
		"letters":                strings.Repeat("x", 4000),
		"logarithms":             strings.Repeat(`\log_7 x+`, 400) + "1",
		"powers of powers":       strings.Repeat(`x^{x^{1.1}}+`, 300) + "1",
		"factorials":             strings.Repeat("3000!+", 500) + "1",
		"nested factorials":      "9!!!!!!!!!!!!!!!!",
		"large powers":           strings.Repeat("3^{20000}+", 300) + "1",
		"large fractions":        strings.Repeat(`\frac{1}{3^{20000}}+`, 200) + "1",
		"matrices":               strings.Repeat(`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, 100),
		"nested sums":            strings.Repeat(`\sum_{k=1}^{2000}`, 40) + "k",
		"sets":                   `\{` + strings.Repeat(`\{1,x\},`, 500) + `1\}`,
		"nested sets":            strings.Repeat(`\{1,`, 45) + "x" + strings.Repeat(`\}`, 45),
		"inequalities":           strings.Repeat(`\sin x<3 \text{ or } `, 150) + "x>4",
		"signs":                  strings.Repeat(`\pm 1 `, 500),
		"systems":                strings.Repeat(`\begin{aligned}a&=1\\&=2\end{aligned}`, 110),
		"open systems":           strings.Repeat(`\begin{align}&`, 290),
		"square roots":           strings.Repeat(`\sqrt{2+`, 45) + "x" + strings.Repeat("}", 45),
		"a large polynomial":     "(x+y+z)^{500}+" + strings.Repeat("(x+y+z+1)^{499}+", 200) + "1",
		"binomials":              strings.Repeat(`\binom{3000}{1500}+`, 200) + "1",
		"a large matrix":         `\begin{pmatrix}` + strings.Repeat("1&", 1900) + `1\end{pmatrix}^5`,
		"chains of equations":    strings.Repeat("x=1,y=2;", 500) + "1",
		"integers":               strings.Repeat(`k\in\mathbb{Z},n\in\mathbb{Z},`, 130) + "2",
		"conditions":             strings.Repeat(`\{x|`, 45) + "x>1" + strings.Repeat(`\}`, 45),
		"notes":                  strings.Repeat(`\text{ for all integers `, 160),
		"bases":                  strings.Repeat(`1 base `, 500),
		"choices of n":           strings.Repeat(`{}_2C_1`, 500),
		"blanks":                 "1" + strings.Repeat(" ", 4000) + "a",
		"periods":                strings.Repeat(`\dot 1`, 600),
		"words":                  `\text{` + strings.Repeat("a b, c and ", 360) + "d}",
		"units":                  strings.Repeat(`5 ft 6 in `, 380),
		"options":                strings.Repeat("A,B,C,D ", 500),
		"choices":                strings.Repeat("the answer is A and ", 200),
		"texts":                  strings.Repeat(`\text{a `, 400),
	} {
		var got reward.Result
		within(t, name, "1", func() { got = Grade(`</think>\boxed{`+answer+"}", "1") })
		if got.Verdict != reward.Incorrect {
			t.Errorf("%s: %v", name, got.Verdict)
		}
	}
	if Equal(strings.Repeat("7", MaxAnswer+1), strings.Repeat("7", MaxAnswer+1)) {
		t.Error("an answer beyond MaxAnswer is equal to something")
	}
	if long := strings.Repeat("7", 4000); !Equal(long, long) {
		t.Error("a number of too many digits is not equal to the same text")
	}
}

// FuzzGrade: whatever is graded, there is a verdict, and what is written like the gold
// answer is correct.
func FuzzGrade(f *testing.F) {
	for _, s := range []string{"1", `\frac12`, `1\frac{1}{2}`, `\{1,2\}`, "(1,2]", `\sqrt[3]{x}`, "1,234", `5\text{ cm}^2`, "x=5", `1\times10^{-3}`, "^", `\`, `\text{`, `x<3 \text{ or } x\ge 5`,
		`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, `|x-|y||`, `\log_2 8`, `\sin^2 30^\circ`, `5!`, `2^{2^{2^{2^{2^{2}}}}}`, `(-8)^{1/3}`, `1 \pm \sqrt{5}`, `0.\overline{3}`, `204_5`, "50%", `f^{-1}(x)=2`,
		`\ldots,9`, `\begin{cases}x & x>0 \\ -x & \text{otherwise}\end{cases}`, `\int_0^1 x\,dx`, `\lim_{x\to 0^+} f(x)`, `\frac{d^2y}{dx^2}`, `PDP^{-1}`, `\vec a\times\vec b`, `(\pm 1,\pm 2)`, `n=7k+3, k\in\mathbb{Z}`, `(f\circ g)(x)`, `x if x>0, -x otherwise`} {
		f.Add(s, "1")
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, grade := range []func() reward.Result{
			func() reward.Result { return Grade("</think>\\boxed{"+a+"}", b) },
			func() reward.Result { return GradeAnswer(a, b) },
		} {
			var got reward.Result
			within(t, a, b, func() { got = grade() })
			if strings.HasPrefix(got.Reason, "the grader failed") {
				t.Errorf("%q, gold %q: %+v", a, b, got)
			}
		}
		if len(a) <= MaxAnswer && latex.Clean(nil, a) != "" && !Equal(a, a) {
			t.Errorf("%q does not equal itself", a)
		}
	})
}
