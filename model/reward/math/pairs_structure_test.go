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
\begin{cases} x & \text{if } x>0 \\ -x & \text{if } x\le 0\end{cases} ⇔ \begin{cases} x & \text{for } x>0 \\ -x & \text{for } x\le 0\end{cases}
\begin{cases} x & x>0 \\ -x & x\le 0\end{cases} ⇔ \begin{cases} -x & x\le 0 \\ x & x>0\end{cases}
\begin{cases} 2x & \text{if } x>0 \\ -x & \text{if } x\le 0\end{cases} ⇔ \begin{cases} x+x & \text{if } x>0 \\ -x & \text{if } x\le 0\end{cases}
\begin{cases} x, & x>0, \\ -x, & x\le 0.\end{cases} ⇔ \begin{cases} x & \text{when } x>0 \\ -x & \text{otherwise}\end{cases}
\begin{cases} 0 & n \text{ even} \\ 1 & n \text{ odd}\end{cases} ⇔ \begin{cases} 1 & \text{if } n \text{ is odd} \\ 0 & \text{if } n \text{ is even}\end{cases}
\begin{cases} 0 & n \text{ even} \\ 1 & n \text{ odd}\end{cases} ⇔ \begin{cases} 0 & \text{if n is even} \\ 1 & \text{if n is odd}\end{cases}
\begin{cases} 0 & n \text{ even} \\ 1 & n \text{ odd}\end{cases} ⇔ \begin{cases} 0, & \text{for even } n \\ 1, & \text{for odd } n\end{cases}
\begin{cases} 0 & n \text{ even} \\ 1 & n \text{ odd}\end{cases} ⇔ \begin{cases} 0, & n \text{ is even}, \\ 1, & \text{otherwise}.\end{cases}
a_n=\begin{cases} 3 & n=1 \\ 2n & n\ge 2\end{cases} ⇔ \begin{cases} 3, & n=1 \\ 2n, & n\geqslant 2\end{cases}
a_n=\begin{cases} 3 & n=1 \\ 2n & n\ge 2\end{cases} ⇔ a_n=\begin{cases} 3, & n=1 \\ 2n, & n>1\end{cases}
f(x)=\begin{cases} x & x\ge 0 \\ -x & x<0\end{cases} ⇔ f(x)=|x|
|x| ⇔ \begin{cases} x & x\ge 0 \\ -x & x<0\end{cases}
\begin{cases} x=1 \\ y=2\end{cases} ⇔ (1,2)
\begin{cases} x=1, \\ y=2\end{cases} ⇔ x=1, y=2
\begin{cases} x+y=3 \\ x-y=1\end{cases} ⇔ \begin{cases} x-y=1 \\ x+y=3\end{cases}
\begin{cases} 1 & x \text{ rational} \\ 0 & x \text{ irrational}\end{cases} ⇔ \begin{cases} 0 & x \text{ irrational} \\ 1 & x \text{ rational}\end{cases}
\begin{cases} 5 & 0<x<1 \\ 0 & \text{otherwise}\end{cases} ⇔ \begin{cases} 5 & \text{if } 0<x<1 \\ 0 & \text{else}\end{cases}
f(t)=\begin{cases} t & t>0 \\ 0 & t\le 0\end{cases} ⇔ f(t)=\begin{cases} 0 & t\le 0 \\ t & 0<t\end{cases}
x>3 ⇔ 2x-6>0
x^2-9x+20<0 ⇔ (4,5)
x^2-2<0 ⇔ (-\sqrt2,\sqrt2)
x^2-2\le 0 ⇔ [-\sqrt2,\sqrt2]
x\ne 0 ⇔ x^2>0
x>0 \text{ and } x\ne 5 ⇔ x(x-5)^2>0
(-\infty,0)\cup(0,\infty) ⇔ x\ne 0
|x-1|<2 ⇔ -1<x<3
|x|>|x-1| ⇔ x>\frac12
x>8 ⇔ \log_2 x>3
x>3 ⇔ 2^x>8
x\ge 1 ⇔ \sqrt{x-1}\ge 0
x>5 ⇔ \sqrt{x-1}>2
\frac{x-1}{x-2}>0 ⇔ x<1 \text{ or } x>2
x^3-x>0 ⇔ (-1,0)\cup(1,\infty)
x^3-3x+1>0 ⇔ 1-3x+x^3>0
0<x<e ⇔ \ln x<1
\ln x^2 ⇔ 2\ln x
|x| ⇔ \sqrt{x^2}
\ln a-\ln b ⇔ \ln\frac{a}{b}
\sqrt{ab} ⇔ \sqrt{a}\sqrt{b}
\frac{x^2-1}{x-1} ⇔ x+1
\frac{1}{\sqrt{x}} ⇔ \frac{\sqrt{x}}{x}
\log_2 x+\log_2 y ⇔ \log_2(xy)
2\ln|x| ⇔ \ln x^2
n(n-1) ⇔ \frac{n!}{(n-2)!}
\binom{n}{k} ⇔ \frac{n!}{k!(n-k)!}
n(n-1)(n-2) ⇔ \frac{n!}{(n-3)!}
x^{3/2} ⇔ x\sqrt{x}
\frac{\sin x}{\cos x} ⇔ \tan x
e^{x\ln 2} ⇔ 2^x
0.43 ⇔ \frac37 \approx 0.43
3.14 ⇔ \pi \approx 3.14
1.41 ⇔ \sqrt2 \approx 1.41
1.41 ⇔ x \approx 1.41
5 ⇔ 2+3=5
24 ⇔ 4!=24
\frac12 ⇔ \frac24=\frac12
0.5 ⇔ \frac12=0.5
2\sqrt3 ⇔ \sqrt{12}=2\sqrt3
(x,y)=(0,1) ⇔ (0,1)
(x,y)=(0,1) ⇔ x=0, y=1
p=7, q=3 ⇔ 7, 3
p=7, q=3 ⇔ q=3, p=7
x=2 ⇔ 2=x
x=2 ⇔ x-2=0
x=2 ⇔ 2
33 ⇔ m+n=33
71 ⇔ a+b+c=71
m+n=33 ⇔ 33
12 ⇔ p+q+r=12
5 ⇔ a-b=5
y=2x+3 ⇔ 2x-y+3=0
x+y=7 ⇔ y=7-x
42 ⇔ 42
\frac{3}{4} ⇔ 0.75
1500 ⇔ 1.5\times 10^3
1267650600228229401496703205376 ⇔ 2^{100}
\binom{5}{2} ⇔ \binom52
\log_2 3 ⇔ \frac{\ln 3}{\ln 2}
\frac{\pi^2}{6} ⇔ \frac{1}{6}\pi^2
2\sqrt3 ⇔ \sqrt{12}
\gcd(a,b) ⇔ \gcd(b,a)
2^{10} ⇔ 1024
100! ⇔ 100\cdot 99!
PDP^{-1} ⇔ PDP^{-1}
(AB)^{-1} ⇔ B^{-1}A^{-1}
(AB)^T ⇔ B^TA^T
(ABC)^{-1} ⇔ C^{-1}B^{-1}A^{-1}
A^2+AB+BA+B^2 ⇔ (A+B)^2
A^{-1}(B+C) ⇔ A^{-1}B+A^{-1}C
2A^{-1}B ⇔ A^{-1}(2B)
(A^{-1})^T B ⇔ (A^T)^{-1}B
(X^TX)^{-1}X^Ty ⇔ (X^{\top}X)^{-1}X^{\top}y
P^{-1}AP ⇔ P^{-1} A P
A^{-1}A B ⇔ B A A^{-1}
V=IR ⇔ V=RI
PV=nRT ⇔ nRT=PV
\frac{AB}{C} ⇔ \frac{BA}{C}
A^{\top} ⇔ A^T
2AB ⇔ 2BA
X=A^{-1}B ⇔ A^{-1}B
\vec{a}\times\vec{b} ⇔ -\vec{b}\times\vec{a}
\vec{a}\times\vec{b} ⇔ \mathbf{a}\times\mathbf{b}
\vec{a}\times(\vec{b}+\vec{c}) ⇔ \vec{a}\times\vec{b}+\vec{a}\times\vec{c}
2\vec{a}\times\vec{b} ⇔ \vec{a}\times 2\vec{b}
\vec{a}\cdot\vec{b} ⇔ \vec{b}\cdot\vec{a}
\vec{a}\cdot(\vec{b}\times\vec{c}) ⇔ \vec{c}\cdot(\vec{a}\times\vec{b})
q\vec{v}\times\vec{B} ⇔ q(\vec{v}\times\vec{B})
\mathbf{v} ⇔ v
2\mathbf{a}+3\mathbf{b} ⇔ 3\vec{b}+2\vec{a}
3\times 10^5 ⇔ 300000
a\times b ⇔ ab
\begin{pmatrix}1\\2\end{pmatrix} ⇔ \mathbf{i}+2\mathbf{j}
(1,2) ⇔ \vec{i}+2\vec{j}
(1,2,3) ⇔ \hat{i}+2\hat{j}+3\hat{k}
(1,2,-3) ⇔ \hat{\imath}+2\hat{\jmath}-3\hat{k}
(1,0,-1) ⇔ \mathbf{i}-\mathbf{k}
\langle 2,-1\rangle ⇔ 2\mathbf{i}-\mathbf{j}
(3,4) ⇔ 3i+4j
3\mathbf{i}+4\mathbf{j} ⇔ (3,4)
3\mathbf{i}+4\mathbf{j} ⇔ 3i+4j
3\mathbf{i}+4\mathbf{j} ⇔ 4\vec{j}+3\vec{i}
(\frac12,\frac{\sqrt3}{2}) ⇔ \frac{1}{2}\mathbf{i}+\frac{\sqrt3}{2}\mathbf{j}
(\frac12,\frac12) ⇔ \frac{\mathbf{i}}{2}+\frac{\mathbf{j}}{2}
(2t,1) ⇔ 2t\mathbf{i}+\mathbf{j}
(1,2) ⇔ \mathbf{e}_1+2\mathbf{e}_2
\begin{bmatrix}1\\-1\\2\end{bmatrix} ⇔ \boldsymbol{i}-\boldsymbol{j}+2\boldsymbol{k}
2+3i ⇔ 3i+2
\sqrt{2}+\sqrt{3} ⇔ 3.1463
\frac13 ⇔ 0.33333
\sqrt2 ⇔ 1.41421
\sqrt2 ⇔ 1.4142135
\pi ⇔ 3.14159
\pi ⇔ 3.1415926535
100\pi ⇔ 314.159
\frac{1}{432} ⇔ 2.314814814815 \times 10^{-3}
\frac{1}{432} ⇔ 2.31481\cdot 10^{-3}
\frac{2}{3}\cdot 10^{8} ⇔ 6.66667\times 10^7
-\sqrt2 ⇔ -1.41421
e^{\pi} ⇔ 23.1407
0.3 ⇔ 0.30000000000000004
\sqrt{3+2\sqrt2} ⇔ 1+\sqrt2
2^{64} ⇔ 18446744073709551616
1000! ⇔ 1000\cdot 999!
2^{1000}\sqrt2 ⇔ \sqrt{2^{2001}}
10^{-20}\pi ⇔ \frac{\pi}{10^{20}}
0.1 ⇔ \frac{1}{10}
e^{-1000} ⇔ \frac{1}{e^{1000}}
200\ln 10 ⇔ \ln 10^{200}
6.02\times 10^{23} ⇔ 602000000000000000000000
x^{100}+1 ⇔ 1+x^{100}
\sqrt{2}-\sqrt{2} ⇔ 0
\cos\frac{\pi}{5} ⇔ \frac{1+\sqrt5}{4}
\arctan 1+\arctan 2+\arctan 3 ⇔ \pi
\sqrt[3]{2+\sqrt5}+\sqrt[3]{2-\sqrt5} ⇔ 1.0
\sqrt2 ⇔ \sqrt2+\sin\pi
1+\sqrt2 ⇔ \sqrt2-e^{i\pi}
\pi ⇔ \pi+\ln 1
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
\begin{cases} 1, & x>0 \\ 0, & x\le 0\end{cases} ⇔ \begin{cases} 0, & x>0 \\ 1, & x\le 0\end{cases}
\begin{cases} \frac{n}{2} & n \text{ even} \\ \frac{n+1}{2} & n \text{ odd}\end{cases} ⇔ \begin{cases} \frac{n+1}{2} & n \text{ even} \\ \frac{n}{2} & n \text{ odd}\end{cases}
\begin{cases} 0 & n \text{ even} \\ 1 & n \text{ odd}\end{cases} ⇔ \begin{cases} 0 & n \text{ odd} \\ 1 & n \text{ even}\end{cases}
a_n=\begin{cases} 3 & n=1 \\ 2n & n\ge 2\end{cases} ⇔ a_n=\begin{cases} 2n & n=1 \\ 3 & n\ge 2\end{cases}
f(x)=\begin{cases} x & x\ge 0 \\ -x & x<0\end{cases} ⇔ f(x)=\begin{cases} x & x< 0 \\ -x & x\ge 0\end{cases}
\begin{cases} x & x\ge 1 \\ -x & x<1\end{cases} ⇔ \begin{cases} x & x> 1 \\ -x & x\le 1\end{cases}
\begin{cases} x^2 & \text{if } x>2 \\ 2x & \text{if } x\le 2\end{cases} ⇔ \begin{cases} x^2 & \text{if } x>3 \\ 2x & \text{if } x\le 3\end{cases}
\begin{cases} 1 & x \text{ rational} \\ 0 & x \text{ irrational}\end{cases} ⇔ \begin{cases} 0 & x \text{ rational} \\ 1 & x \text{ irrational}\end{cases}
\begin{cases} 1 & \text{if } n \text{ is prime} \\ 0 & \text{otherwise}\end{cases} ⇔ \begin{cases} 0 & \text{if } n \text{ is prime} \\ 1 & \text{otherwise}\end{cases}
\begin{cases} 5 & 0<x<1 \\ 0 & \text{otherwise}\end{cases} ⇔ \begin{cases} 5 & 0<x<2 \\ 0 & \text{otherwise}\end{cases}
\begin{cases} a & x>0 \\ b & x\le 0\end{cases} ⇔ \begin{cases} b & x>0 \\ a & x\le 0\end{cases}
\begin{cases} 1 & x>0 \\ 0 & x\le 0\end{cases} ⇔ 1
\begin{cases} x & x>0 \\ 2 & x\le 0\end{cases} ⇔ x
\begin{cases} x & x>0 \\ 2 & x\le 0\end{cases} ⇔ \{x,2\}
\begin{cases} (1,2) & k>0 \\ (3,4) & k\le 0\end{cases} ⇔ \begin{cases} (3,4) & k>0 \\ (1,2) & k\le 0\end{cases}
\begin{cases} 1 & n\equiv 1 \pmod 3 \\ 2 & \text{otherwise}\end{cases} ⇔ \begin{cases} 1 & n\equiv 2 \pmod 3 \\ 2 & \text{otherwise}\end{cases}
x>3 ⇔ x>3 \text{ and } (x-7)^2>0
x<1 ⇔ x<1 \text{ or } x^2-9x+20<0
0<x<2 ⇔ x(x-2)(x-1.5)^2<0
x>0 ⇔ x^3-10x^2+25x>0
x>0 ⇔ x(x-12)^2>0
x\ge 0 ⇔ x\ge 0 \text{ or } (x+3)^2\le 0
[1,2] ⇔ [1,2]\cup\{7\}
\mathbb{R} ⇔ x^2>0
\mathbb{R} ⇔ x\ne 17
x>2 ⇔ x>2 \text{ and } x\ne 31
(0,5) ⇔ (0,3)\cup(3,5)
x>1 ⇔ (x-1)|x-4|>0
x>1 ⇔ \sqrt{x-1}(x-9)^2>0
x>0 ⇔ \frac{x}{(x-6)^2}>0
x\ge 1 ⇔ \sqrt{x-1}>0
x>e ⇔ \ln x \ge 1
x>3 ⇔ 2^x>9
x<4 ⇔ x<4 \text{ or } x=100
|x| ⇔ (\sqrt{x})^2
|x| ⇔ e^{\ln x}
x ⇔ (\sqrt x)^2
x ⇔ e^{\ln x}
\frac{1-(-1)^n}{2} ⇔ \frac{2}{1-(-1)^n}
x^2 ⇔ e^{2\ln x}
x ⇔ \sin(\arcsin x)
x^2 ⇔ (\sqrt{x})^4
x ⇔ \frac{x\sqrt{x}}{\sqrt{x}}
0 ⇔ \sqrt{x}-\sqrt{x}
1 ⇔ \frac{\ln x}{\ln x}
1.41 ⇔ \pi \approx 1.41
0.43 ⇔ 9 \approx 0.43
6 ⇔ 5=6
7 ⇔ 2+2=7
0.5 ⇔ \frac13 \approx 0.5
10 ⇔ 3^2=10
2.5 ⇔ \sqrt{2} = 2.5
(x,y)=(0,1) ⇔ (x,y)=[0,1]
(x,y)=(0,1) ⇔ (x,y)=\{0,1\}
(a,b)=(1,2) ⇔ (a,b)=(2,1)
p=7, q=3 ⇔ 3, 7
A=1, B=2 ⇔ 2, 1
x=2 ⇔ 5x+3=13
x=2 ⇔ x+3=5
x=2 ⇔ 2x=4
y=3 ⇔ 2y-1=5
x=-1 ⇔ x+5=4
33 ⇔ x^2=33
7 ⇔ x+y=7
4 ⇔ 2m=4
PDP^{-1} ⇔ D
B^{-1}A^{-1} ⇔ A^{-1}B^{-1}
B^TA^T ⇔ A^TB^T
(AB)^{-1} ⇔ A^{-1}B^{-1}
(AB)^T ⇔ A^TB^T
X=A^{-1}B ⇔ X=BA^{-1}
A^{-1}B ⇔ BA^{-1}
AB-BA ⇔ 0
A^2+AB+BA+B^2 ⇔ A^2+2AB+B^2
P^{-1}AP ⇔ A
Q^TQ ⇔ QQ^T
x^TAx ⇔ xAx^T
A^{\top}B ⇔ BA^{\top}
AB ⇔ BA
\hat{x}\hat{p} ⇔ \hat{p}\hat{x}
\mathbf{A}\mathbf{B} ⇔ \mathbf{B}\mathbf{A}
SS^{-1}T ⇔ TSS^{-1}T
U\Sigma V^T ⇔ V\Sigma U^T
A^{-1}BA ⇔ B
(A+B)^{-1}A ⇔ A(A+B)^{-1}
ABC ⇔ CBA
\vec{a}\times\vec{b} ⇔ \vec{b}\times\vec{a}
\mathbf{u}\times\mathbf{v} ⇔ \mathbf{v}\times\mathbf{u}
\vec{a}\times(\vec{b}\times\vec{c}) ⇔ (\vec{a}\times\vec{b})\times\vec{c}
\vec{F}=q\vec{v}\times\vec{B} ⇔ \vec{F}=q\vec{B}\times\vec{v}
\vec{r}\times\vec{p} ⇔ \vec{p}\times\vec{r}
\overrightarrow{AB}\times\overrightarrow{AC} ⇔ \overrightarrow{AC}\times\overrightarrow{AB}
(1,2) ⇔ 2\vec{i}+\vec{j}
(1,2) ⇔ \vec{i}-2\vec{j}
(1,2,3) ⇔ \mathbf{i}+2\mathbf{j}
(1,2) ⇔ \mathbf{i}+2\mathbf{k}
(3,0) ⇔ 3i
(1,2) ⇔ 1+2i
\begin{pmatrix}1\\2\end{pmatrix} ⇔ 2\hat{i}+1\hat{j}
3\mathbf{i}+4\mathbf{j} ⇔ 7
7 ⇔ 7+2^{-400}\pi
3 ⇔ \sqrt{9+10^{-200}}
5 ⇔ 5+e^{-1000}
4 ⇔ 4+10^{-120}\sqrt2
[1,\infty) ⇔ [2^{\frac{1}{2^{1000}}}, \infty)
0 ⇔ e^{-1000}
0 ⇔ 10^{-300}\pi
1 ⇔ \cos(10^{-200})
1 ⇔ \tanh(1000)
1 ⇔ \tanh(200)
\frac{\pi}{2} ⇔ \arctan(10^{200})
\pi ⇔ \pi(1+10^{-200})
\pi ⇔ \pi+10^{-150}
x ⇔ x+10^{-200}
10^{300}+x ⇔ 10^{300}+2x
2 ⇔ 2\cdot 3^{10^{-200}}
1 ⇔ 2^{2^{-500}}
\sqrt2 ⇔ \sqrt{2+10^{-180}}
2^{40000} ⇔ 2^{40000}+1
10^{50} ⇔ 10^{50}+1
10^{50} ⇔ \sqrt{10^{100}+1}
1 ⇔ \frac{10^{200}+1}{10^{200}}
e ⇔ (1+10^{-200})^{10^{200}}
3 ⇔ 3+\frac{1}{10^{100}}
0 ⇔ \frac{1}{2^{500}}
0 ⇔ \sin(10^{-150})
\ln 2 ⇔ \ln(2+10^{-160})
5 ⇔ \lfloor 5.5+e^{-2000}\rfloor+e^{-2000}
2 ⇔ 1.9999999999999999
2 ⇔ 2.0000000000000004
1 ⇔ 0.9999999999
1000000 ⇔ 1000000.0001
1.5 ⇔ 1.500001
\sqrt2 ⇔ 1.4143
\sqrt2 ⇔ 1.41422
\pi ⇔ 3.141
\pi ⇔ 3.14160
\frac13 ⇔ 0.333
\frac{1}{432} ⇔ 2.3148\times 10^{-2}
x ⇔ 3.14159
W(1) ⇔ 0.567143
100 ⇔ 99.999999
12345678901234567890 ⇔ 12345678901234567891
2^{64} ⇔ 18446744073709551615
e^{\pi} ⇔ 23.1408
`

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
