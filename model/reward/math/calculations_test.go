package math

import (
	"testing"

	"temper/model/reward"
)

// calculations are gold answers and calculations that are not carried out.
const calculations = `
42 ⇔ \gcd(84,126)
5050 ⇔ \sum_{k=1}^{100} k
142 ⇔ \lfloor \frac{1000}{7} \rfloor
4 ⇔ 3^{100} \bmod 7
12 ⇔ \operatorname{lcm}(4,6)
5 ⇔ |-5|
5 ⇔ \log_2 32
3 ⇔ \log 1000
\frac12 ⇔ \sin 30^\circ
10 ⇔ \binom{5}{2}
12 ⇔ \sqrt{144}
120 ⇔ 5!
1024 ⇔ 2^{10}
7 ⇔ \max(3,7)
120 ⇔ \prod_{k=1}^{5} k
(1,2) ⇔ (\gcd(3,4), 2)
7 ⇔ 9-2
x=42 ⇔ x=\gcd(84,126)
143 ⇔ \lceil 1000/7\rceil
2 ⇔ \begin{vmatrix}1&2\\3&8\end{vmatrix}
2 ⇔ 17 \bmod 5
\sqrt2+\sqrt3 ⇔ \sum_{k=2}^{3}\sqrt{k}
27 ⇔ 3^3
\frac13 ⇔ \int_0^1 x^2\,dx
1 ⇔ \lim_{x\to 0}\frac{\sin x}{x}
2 ⇔ \sum_{n=0}^\infty \frac{1}{2^n}
\frac{n(n+1)}{2} ⇔ \sum_{k=1}^{n} k
n! ⇔ \prod_{k=1}^{n} k
\frac{x^2}{2} ⇔ \int_0^x t\,dt
2^n ⇔ \sum_{k=0}^n\binom nk
3 ⇔ \lim_{x\to 3} x
10 ⇔ \sum_{i=1}^4 i
15 ⇔ \operatorname{lcm}(3,5)
6 ⇔ \left|\begin{matrix}2&0\\0&3\end{matrix}\right|
2 ⇔ \ln e^2
\frac{\sqrt3}{2}, 1 ⇔ \frac{\sqrt3}{2}, \lfloor 1.5\rfloor
8 ⇔ 2^3
4 ⇔ \sqrt[3]{64}
-3 ⇔ \min(-3,2)
21 ⇔ C(7,2)
21 ⇔ {}_7C_2
36 ⇔ \text{lcm}(12,18)
\frac12 ⇔ \frac14+\frac14
\frac{3}{8} ⇔ \frac12\cdot\frac34
\sqrt3 ⇔ \tan 60^\circ
\frac{\sqrt3}{2} ⇔ \cos\frac{\pi}{6}
3\pi ⇔ 4\pi-\pi
2\sqrt2 ⇔ \sqrt2+\sqrt2
(3,4) ⇔ (1+2,2\cdot2)
36\pi ⇔ \frac43\pi\cdot 3^3
9\pi ⇔ \pi(3)^2
12\sqrt3 ⇔ \frac12\cdot 6\cdot 4\sqrt3
60^\circ ⇔ 180^\circ-120^\circ
50\% ⇔ (100-50)\%
`

func TestCalculations(t *testing.T) {
	pairs(t, calculations, func(gold, a string) {
		if got := Grade(`</think>\boxed{`+a+`}`, gold); got.Verdict == reward.Correct {
			t.Errorf("gold %q, answer %q: %+v", gold, a, got)
		}
	})
}
