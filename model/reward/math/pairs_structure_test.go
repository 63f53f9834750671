package math

import (
	"testing"

	"temper/model/reward"
)

// structurePairs are gold answers and right answers: functions, derivatives, integrals,
// cases, families and matrices are read as such.
const structurePairs = `
I(0) e^{-t/(RC)} ⇔ I(0)e^{-\frac{t}{RC}}
x(x+1) ⇔ x^2+x
n(n+1)(n+2) ⇔ n^3+3n^2+2n
a(b+c) ⇔ ab+ac
P(1+r)^2 ⇔ P+2Pr+Pr^2
A(1-e^{-kt}) ⇔ A-Ae^{-kt}
\lambda(\lambda-1) ⇔ \lambda^2-\lambda
\pi(r+1) ⇔ \pi r+\pi
\theta(1-\theta) ⇔ \theta - \theta^2
k(k-1)/2 ⇔ \frac{k^2-k}{2}
P(A) ⇔ P(A)
2\zeta(3) ⇔ \zeta(3)\cdot 2
P(A\cup B) ⇔ P(A \cup B)
P(X=2) ⇔ P(X = 2)
P(X=2)=\frac14 ⇔ \frac14
y(0)=3 ⇔ 3
E(X)=5 ⇔ 5
V(2)=7 ⇔ 7
f(x+1) ⇔ f(1+x)
\Gamma(n+1)x ⇔ x\Gamma(1+n)
u(t-1) ⇔ u(t-1)
y(0)e^{kt} ⇔ y(0) e^{tk}
P(t)=100e^{2t} ⇔ 100e^{2t}
a_n(n+1) ⇔ a_n n + a_n
e(x+1) ⇔ ex+e
3(2) ⇔ 6.0
i(1+i) ⇔ i-1
R(1+\cos\theta) ⇔ R+R\cos\theta
\sqrt{x}(x+1) ⇔ x\sqrt{x}+\sqrt{x}
(a+b)(c) ⇔ ac+bc
\ln(1+\sqrt2) ⇔ \sinh^{-1}(1)
\ln(1+\sqrt2) ⇔ \operatorname{arsinh}(1)
\ln(1+\sqrt2) ⇔ \operatorname{arcsinh}1
\ln(1+\sqrt2) ⇔ arcsinh(1)
\ln(2+\sqrt3) ⇔ \cosh^{-1} 2
\frac12\ln 3 ⇔ \tanh^{-1}(1/2)
\frac12\ln 3 ⇔ \operatorname{artanh}\frac12
\frac{\pi}{3} ⇔ \sec^{-1}(2)
\frac{\pi}{6} ⇔ \csc^{-1}(2)
\frac{\pi}{4} ⇔ \cot^{-1}(1)
(\sin x)^{-1} ⇔ \csc x
(\cosh x)^{-1} ⇔ \operatorname{sech} x
\arctan x ⇔ \tan^{-1}x
f^{-1}(x)=\frac{x-1}{2} ⇔ \frac{x-1}{2}
\arcsin\frac13 ⇔ \sin^{-1}\frac{1}{3}
x^{-1}(x+1) ⇔ 1+\frac1x
5^{-1} ⇔ 1/5
\sin^2 x ⇔ (\sin x)^2
\log_2 3 ⇔ log2(3)
\log_{10} 7 ⇔ log10(7)
\log_2 5 ⇔ log2 5
\log 2x ⇔ \log(2x)
\log(2)\cdot 3 ⇔ 3\log 2
\log_2(3) ⇔ \frac{\ln 3}{\ln 2}
\frac{dy}{dx} ⇔ \frac{dy}{dx}
\frac{dy}{dx} ⇔ dy/dx
\frac{dy}{dx} ⇔ \frac{d}{dx}y
\frac{dy}{dx}=2x ⇔ 2x
\frac{dV}{dt} = 5 ⇔ 5
\frac{d^2y}{dx^2} = 6x ⇔ 6x
\frac{d}{dx}(x^2) = 2x ⇔ 2x
\frac{\partial f}{\partial x} = 2xy ⇔ 2xy
2x\,dx ⇔ 2x dx
f^{\prime}(x)=2x ⇔ f'(x)=2x
y^{\prime\prime}+y=0 ⇔ y''+y=0
x' ⇔ x^{\prime}
y'+ry=0 ⇔ y^\prime+ry=0
f^{(2)}(x) ⇔ f^{(2)}(x)
(f\circ g)(x) ⇔ f(g(x))
f\circ g ⇔ f \circ g
(f\circ g)(x) = 2x ⇔ 2x
30^\circ ⇔ 30\circ
45\circ C ⇔ 45^\circ C
`

// structureTraps are gold answers and wrong answers that a looser reading takes for right.
const structureTraps = `
\zeta(3) ⇔ 3\zeta(1)
\Gamma(4) ⇔ 2\Gamma(2)
\Gamma(\frac13) ⇔ \frac13\Gamma(1)
0 ⇔ y(0)
0 ⇔ V(0)
P(A)+P(B) ⇔ P(A+B)
P(A\cup B) ⇔ P(A\cap B)
P(A|B) ⇔ P(B|A)
E(X^2) ⇔ E(X)^2
E(XY) ⇔ E(X)E(Y)
\Phi(2)-\Phi(-3) ⇔ \Phi(5)
\delta(2t) ⇔ 2\delta(t)
u(t-1) ⇔ ut-u
x(t+1) ⇔ xt+x
J_0(2) ⇔ 2J_0(1)
\operatorname{Li}_2(1/2) ⇔ \frac12\operatorname{Li}_2(1)
\mathrm{Ei}(2) ⇔ 2\mathrm{Ei}(1)
\operatorname{erf}(2) ⇔ 2\operatorname{erf}(1)
\operatorname{Var}(2X) ⇔ 2\operatorname{Var}(X)
\psi(2) ⇔ 2\psi(1)
\phi(6) ⇔ 6\phi(1)
x(2) ⇔ 2x(1)
K(1/2) ⇔ \frac12 K(1)
N(0)e^{kt} ⇔ 0
P(0)e^{rt} ⇔ 0
f(x)f(y) ⇔ f(xy)
W(1) ⇔ W
f(1) ⇔ f(1.0000000000001)
\Gamma(1000000000001) ⇔ \Gamma(1000000000002)
Q(t) ⇔ Qt
i(0)e^{-t} ⇔ 0
\sin^{-1}(x) ⇔ \frac{1}{\sin x}
\tan^{-1} x ⇔ \cot x
\cos x ⇔ \sec^{-1} x
\csc^{-1} x ⇔ \sin x
\tan(1) ⇔ \cot^{-1}(1)
\cosh^{-1}(2) ⇔ \frac{1}{\cosh 2}
\tanh^{-1}(1/2) ⇔ \coth(1/2)
f^{-1}(2) ⇔ \frac{1}{f(2)}
f^{-1} ⇔ \frac{1}{f}
f^{-1}(x) ⇔ f(x)^{-1}
\Phi^{-1}(0.9) ⇔ \frac{1}{\Phi(0.9)}
\ln^{-1}(x) ⇔ \frac{1}{\ln x}
g^{-1}(x) ⇔ \frac{1}{g(x)}
\sec^{-1}(2) ⇔ \cos 2
5\log 2 ⇔ log2(5)
7 ⇔ log10(7)
\log(10)\cdot 7 ⇔ log10(7)
\log 6 ⇔ log2(3)
\frac{dx}{dt} ⇔ \frac{x}{t}
\frac{dy}{dx} ⇔ \frac{y}{x}
\frac{d}{dx}x^2 ⇔ x
\frac{d^2y}{dx^2} ⇔ \frac{y}{x^2}
\frac{d^2y}{dx^2} ⇔ \left(\frac{dy}{dx}\right)^2
\frac{dy}{dx} ⇔ \frac{dx}{dy}
\frac{dy}{dx} ⇔ \frac{dy}{dt}
\frac{\partial u}{\partial x} ⇔ \frac{u}{x}
\frac{\partial u}{\partial x} ⇔ \frac{\partial u}{\partial y}
\frac{d}{dx}x^2 ⇔ x\frac{d}{dx}x
x\,dx ⇔ dx^2
2x\,dx ⇔ 2x^2 d
\frac{d\theta}{dt} ⇔ \frac{\theta}{t}
dx ⇔ x
dy/dx ⇔ y/x
y' ⇔ y
\frac{dV}{dt} ⇔ \frac{V}{t}
f\circ g ⇔ g\circ f
(f\circ g)(x) ⇔ (g\circ f)(x)
f\circ g ⇔ fg
`

// calculations are gold answers and calculations that are not carried out.
const calculations = `

`

func TestStructure(t *testing.T) {
	pairs(t, structurePairs, func(gold, a string) {
		if got := Grade(`</think>\boxed{`+a+`}`, gold); got.Verdict != reward.Correct {
			t.Errorf("gold %q, answer %q: %+v", gold, a, got)
		}
	})
	pairs(t, structureTraps, func(gold, a string) {
		if got := Grade(`</think>\boxed{`+a+`}`, gold); got.Verdict == reward.Correct {
			t.Errorf("gold %q, answer %q: %+v", gold, a, got)
		}
		if got := GradeAnswer(a, gold); got.Verdict == reward.Correct {
			t.Errorf("gold %q, answer %q: %+v", gold, a, got)
		}
	})
	pairs(t, calculations, func(gold, a string) {
		if got := Grade(`</think>oxed{`+a+`}`, gold); got.Verdict == reward.Correct {
			t.Errorf("gold %q, answer %q: %+v", gold, a, got)
		}
	})
}
