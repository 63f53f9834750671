package math

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"temper/model/reward"
)

// realistic makes n responses with the forms of answers that competition problems have, of
// which three in five are right and written otherwise than the gold answer.
func realistic(n int) (responses, golds []string) {
	rng := rand.New(rand.NewPCG(1, 2))
	forms := []func(a, b int) (answer, gold string){
		func(a, b int) (string, string) { return fmt.Sprint(a), fmt.Sprint(a) },
		func(a, b int) (string, string) { return fmt.Sprintf("%d.0", a), fmt.Sprint(a) },
		func(a, b int) (string, string) { return fmt.Sprintf("x = %d", a), fmt.Sprint(a) },
		func(a, b int) (string, string) { return fmt.Sprintf(`%d\text{ cm}^2`, a), fmt.Sprint(a) },
		func(a, b int) (string, string) { return fmt.Sprintf("%d,%03d", a, b), fmt.Sprintf(`%d%03d`, a, b) },
		func(a, b int) (string, string) {
			return fmt.Sprintf("%d/%d", 2*a, 2*b), fmt.Sprintf(`\frac{%d}{%d}`, a, b)
		},
		func(a, b int) (string, string) {
			return fmt.Sprintf(`\dfrac{%d}{%d}`, a, b), fmt.Sprintf(`\frac{%d}{%d}`, a, b)
		},
		func(a, b int) (string, string) {
			return fmt.Sprintf("(%d,%d)", a, b), fmt.Sprintf(`\left(%d, %d\right)`, a, b)
		},
		func(a, b int) (string, string) { return fmt.Sprintf(`x \le %d`, a), fmt.Sprintf(`(-\infty, %d]`, a) },
		func(a, b int) (string, string) {
			return fmt.Sprintf(`\frac{%d}{\sqrt{%d}}`, a, b), fmt.Sprintf(`\frac{%d\sqrt{%d}}{%d}`, a, b, b)
		},
		func(a, b int) (string, string) {
			return fmt.Sprintf(`(x+%d)(x-%d)`, a, b), fmt.Sprintf(`x^2+%dx-%d`, a-b, a*b)
		},
		func(a, b int) (string, string) { return fmt.Sprintf(`%d, %d`, a, b), fmt.Sprintf(`%d, %d`, b, a) },
		func(a, b int) (string, string) {
			return fmt.Sprintf(`\frac{%d}{2}\pi`, a), fmt.Sprintf(`\frac{%d\pi}{2}`, a)
		},
	}
	for range n {
		kind := rng.IntN(2 * len(forms)) // half of the answers are numbers as they are
		if kind >= len(forms) {
			kind = 0
		}
		answer, gold := forms[kind](rng.IntN(90)+2, rng.IntN(90)+2)
		if rng.IntN(5) < 2 {
			answer = "1" + answer
		}
		responses = append(responses, fmt.Sprintf("<think>Let us see.</think>The answer is $\\boxed{%s}$.", answer))
		golds = append(golds, gold)
	}
	return responses, golds
}

// BenchmarkGrade1024 grades a batch of the paper's size on one core.
func BenchmarkGrade1024(b *testing.B) {
	responses, golds := realistic(1024)
	correct := 0
	for b.Loop() {
		correct = 0
		for i, r := range responses {
			if Grade(r, golds[i]).Verdict == reward.Correct {
				correct++
			}
		}
	}
	b.ReportMetric(float64(correct), "correct")
}

// 1,024 typical answers take less than 50 ms of one core.
func TestTypicalAnswersAreFast(t *testing.T) {
	const most = 50 * time.Millisecond
	responses, golds := realistic(1024)
	fastest := time.Hour
	for range 20 { // what else runs on the machine makes it longer
		took, _ := measure(func() {
			for i, r := range responses {
				Grade(r, golds[i])
			}
		})
		if fastest = min(fastest, took); fastest < most {
			return
		}
	}
	t.Errorf("1,024 answers take %v, want less than %v", fastest, most)
}
