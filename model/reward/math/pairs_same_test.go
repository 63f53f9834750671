package math

// samePairs are answers that are the same in both directions.
const samePairs = `
\frac{1}{\sqrt{2}} ⇔ \frac{\sqrt2}{2}
\frac{2}{\sqrt3+1} ⇔ \sqrt3-1
\sqrt{50} ⇔ 5\sqrt2
\sqrt[3]{54} ⇔ 3\sqrt[3]{2}
(x+1)^2 ⇔ x^2+2x+1
(x-1)(x+1) ⇔ x^2-1
\frac{x^2-1}{x-1} ⇔ x+1
\log_2 8 ⇔ 3
\ln e^2 ⇔ 2
\log 100 ⇔ 2
\frac{\ln 3}{\ln 2} ⇔ \log_2 3
\log_{10}2 ⇔ \log 2
\sin 30^\circ ⇔ 1/2
\sin\frac{\pi}{6} ⇔ \frac12
\cos(2x) ⇔ 2\cos^2 x - 1
\tan^{-1}(1) ⇔ \frac{\pi}{4}
\arctan 1 ⇔ \pi/4
e^{i\pi} ⇔ -1
i^2 ⇔ -1
(1+i)^2 ⇔ 2i
\frac{1}{i} ⇔ -i
|3-4i| ⇔ 5
5! ⇔ 120
\binom{5}{2} ⇔ 10
\frac{5!}{2!3!} ⇔ \binom{5}{2}
n! ⇔ n(n-1)!
2^{10} ⇔ 1024
10^{-3} ⇔ 0.001
1.5\times10^{3} ⇔ 1500
3.0e8 ⇔ 300000000
50\% ⇔ 0.5
50\% ⇔ 50
0.5 ⇔ 50\%
180^\circ ⇔ \pi
1\frac{3}{4} ⇔ \frac74
1 3/4 ⇔ 1.75
-2\frac{1}{2} ⇔ -2.5
1½ ⇔ 1.5
0.\overline{3} ⇔ \frac13
0.1\overline{6} ⇔ 1/6
0.333333 ⇔ 1/3
3.14159265 ⇔ \pi
1.41421 ⇔ \sqrt2
1,000,000 ⇔ 1000000
1\,000\,000 ⇔ 10^6
10\,000 ⇔ 10000
10 000 ⇔ 10000
1{,}000 ⇔ 1000
\$1,000.50 ⇔ 1000.5
5 \text{ million} ⇔ 5000000
x=5 ⇔ 5
5=x ⇔ x=5
x = 1, y = 2 ⇔ (x,y) = (1,2)
x = 1, y = 2 ⇔ (1,2)
y=2, x=1 ⇔ x=1, y=2
(x, y) = (1, 2) ⇔ (1,2)
x = 1 \text{ or } x = 2 ⇔ 1, 2
x \in \{1,2\} ⇔ 1,2
\{5\} ⇔ 5
x \in \{1,2\} ⇔ \{2,1\}
x=\pm 3 ⇔ 3,-3
\pm 3 ⇔ x = 3 \text{ or } x = -3
\pm 3 ⇔ \{-3,3\}
1\pm\sqrt{5} ⇔ 1+\sqrt5, 1-\sqrt5
\frac{-1\pm\sqrt{5}}{2} ⇔ \frac{-1+\sqrt5}{2}, \frac{-1-\sqrt5}{2}
\{1,2,3\} ⇔ \{3,2,1\}
\{1,2\}\cup\{3\} ⇔ \{1,2,3\}
\{1,2,3\}\cap\{2,3,4\} ⇔ \{2,3\}
\{1,2,3\}\setminus\{2\} ⇔ \{1,3\}
(-\infty,0)\cup(0,\infty) ⇔ x \neq 0
(-\infty,0)\cup(0,\infty) ⇔ \mathbb{R}\setminus\{0\}
x<-14 or x>-3 ⇔ (-\infty,-14)\cup(-3,\infty)
x > 3 ⇔ (3,\infty)
k>3 ⇔ (3, +\infty)
1<x<2 ⇔ 2>x>1
1<x\le 2 ⇔ (1,2]
x>1 \text{ and } x<2 ⇔ (1,2)
2x<4 ⇔ x<2
x^2<4 ⇔ -2<x<2
|x|<2 ⇔ (-2,2)
|x-1|\le 3 ⇔ [-2,4]
x \ge 2 ⇔ 2 \le x
[0,1]\cup[1,2] ⇔ [0,2]
x+y=5 ⇔ 5=x+y
y=2x+1 ⇔ 2x-y+1=0
x^2+y^2=25 ⇔ 25 = y^2+x^2
2x+3y=6 ⇔ 4x+6y=12
f(x)=x^2 ⇔ x^2
f(x)=x^2 ⇔ f(t)=t^2
f(2)=7 ⇔ 7
f^{-1}(x)=\frac{x-1}{2} ⇔ \frac{x-1}{2}
\begin{pmatrix}1\\2\end{pmatrix} ⇔ (1,2)
\begin{pmatrix}1&2\\3&4\end{pmatrix} ⇔ \begin{bmatrix}1.0&2\\3&\frac{8}{2}\end{bmatrix}
2\begin{pmatrix}1&2\\3&4\end{pmatrix} ⇔ \begin{pmatrix}2&4\\6&8\end{pmatrix}
\frac12\begin{pmatrix}2\\4\end{pmatrix} ⇔ \begin{pmatrix}1\\2\end{pmatrix}
\begin{pmatrix}1&2\\3&4\end{pmatrix}\begin{pmatrix}1\\1\end{pmatrix} ⇔ \begin{pmatrix}3\\7\end{pmatrix}
\langle 1,2\rangle ⇔ (1,2)
(1; 2) ⇔ (1,2)
5 \text{ cm} ⇔ 5\,\mathrm{cm}
5 \text{ cm}^2 ⇔ 5 \text{ square centimeters}
25 cm² ⇔ 25
12 \text{ km/h} ⇔ 12
60 mph ⇔ 60
9.8 \text{ m/s}^2 ⇔ 9.8
45 degrees ⇔ 45^\circ
45^{\circ} ⇔ 45
20^\circ\text{C} ⇔ 20
100^\circ F ⇔ 100
36\pi \text{ cm}^3 ⇔ 36\pi
\text{Yes} ⇔ yes
\text{Even} ⇔ even
True ⇔ \text{true}
\textbf{(C)} ⇔ C
\text{C} ⇔ C
(C)\ 7 ⇔ C
C. 7 ⇔ C
\mathrm{(C)} ⇔ (C)
\text{Monday} ⇔ Monday
\text{no solution} ⇔ \emptyset
\varnothing ⇔ \{\}
\text{all real numbers} ⇔ \mathbb{R}
(-\infty,\infty) ⇔ \mathbb{R}
\mathbb{R} ⇔ (-\infty, +\infty)
3:2 ⇔ \frac{3}{2}
3:2 ⇔ 6:4
1:2:3 ⇔ 1 : 2 : 3
\sqrt{x}\sqrt{y} ⇔ \sqrt{xy}
x^{1/2} ⇔ \sqrt{x}
a^{-1} ⇔ \frac{1}{a}
2^{x+1} ⇔ 2\cdot 2^x
e^{2x} ⇔ (e^x)^2
\ln(ab) ⇔ \ln a+\ln b
\sec^2 x ⇔ 1+\tan^2 x
\frac{\sin x}{\cos x} ⇔ \tan x
\sin^2 x+\cos^2x ⇔ 1
\lfloor 3.7\rfloor ⇔ 3
\lceil \pi \rceil ⇔ 4
17 \bmod 5 ⇔ 2
\gcd(12,18) ⇔ 6
x_1 = 2 ⇔ 2
x_1=2, x_2=3 ⇔ 2,3
x_1=2, x_2=3 ⇔ x = 2, x = 3
a_n = 2n+1 ⇔ 2n+1
S_n = n^2 ⇔ n^{2}
\angle ABC = 60^\circ ⇔ 60
AB = 5 ⇔ 5
|AB| = 5 ⇔ 5
\overline{AB}=5 ⇔ 5
\text{Area} = 12 ⇔ 12
P(A)=\frac12 ⇔ 0.5
\approx 3.14 ⇔ 3.14
\boxed{5} ⇔ 5
\frac{1}{3}x+\frac{2}{3} ⇔ \frac{x+2}{3}
\frac{x+2}{3} ⇔ (x+2)/3
2(3) ⇔ 6
-\frac{1}{2} ⇔ \frac{1}{-2}
--5 ⇔ 5
+5 ⇔ 5
\dfrac{\pi}{2} ⇔ 0.5\pi
\pi/2 ⇔ \frac12\pi
\frac{\sqrt{6}+\sqrt{2}}{4} ⇔ \cos 15^\circ
\sqrt{3+2\sqrt{2}} ⇔ 1+\sqrt2
\sqrt{16} ⇔ 4
sqrt(2)/2 ⇔ \frac{\sqrt2}{2}
√2 ⇔ \sqrt{2}
2*x**2 ⇔ 2x^2
x^2·y ⇔ yx^2
pi ⇔ \pi
2pi ⇔ 2\pi
3π/4 ⇔ \frac{3\pi}{4}
oo ⇔ \infty
\text{(-1, 2)} ⇔ (-1,2)
\left(-1,\ 2\right) ⇔ (-1,2)
1,2,3 ⇔ 1, 2 \text{ and } 3
6 and 8 ⇔ 6, 8
(1,2),(3,4) ⇔ (3,4),(1,2)
(1,2) \text{ and } (3,4) ⇔ (1,2), (3,4)
\{(1,2),(3,4)\} ⇔ (1,2), (3,4)
n = 1, 2, 3 ⇔ n=1 or n=2 or n=3
2^{100} ⇔ 1267650600228229401496703205376
\frac{1}{2^{10}} ⇔ 2^{-10}
7\frac{1}{2}\% ⇔ 7.5\%
y = \frac{2}{3}x - 1 ⇔ 2x-3y=3
z = 2+3i ⇔ 3i+2
\frac{3+4i}{5} ⇔ \frac35+\frac45i
\sqrt{-4} ⇔ 2i
2\operatorname{cis}... ⇔ 2\operatorname{cis}...
\log_3 x ⇔ \frac{\ln x}{\ln 3}
x^{\frac{2}{3}} ⇔ \sqrt[3]{x^2}
0.25 ⇔ 25\%
\frac{a}{b}\cdot c ⇔ \frac{ac}{b}
10^{100} ⇔ 10^{99}\cdot 10
\$5 ⇔ 5 dollars
5\$ ⇔ 5
€5 ⇔ 5
12 \text{ hours} ⇔ 12
3\text{ hours and }20\text{ minutes} ⇔ 3\text{ hours and }20\text{ minutes}
\text{A, B, D} ⇔ \text{A,B,D}
A, B, D ⇔ B, A, D
ABD ⇔ ABD
(A) ⇔ A
2n\pi, n \in \mathbb{Z} ⇔ 2\pi n, n \in \mathbb{Z}
x=k\pi, k\in\mathbb{Z} ⇔ k\pi
\frac{\pi}{4}+k\pi ⇔ k\pi + \frac{\pi}{4}
2 \cdot 3^{n-1} ⇔ \frac{2}{3}\cdot 3^n
(-1)^{n+1} ⇔ (-1)^{n-1}
\frac{n(n+1)}{2} ⇔ \binom{n+1}{2}
C_5^2 ⇔ C_5^2
x \le 3 ⇔ (-\infty, 3]
(-\infty, 3] ⇔ x\leqslant 3
a > 1 ⇔ a \in (1,\infty)
-1 \le a \le 1 ⇔ a\in[-1,1]
x<1 \text{ or } x>3 ⇔ x>3 \text{ or } x<1
x \in (1,2) \cup (2,3) ⇔ (1,2)\cup(2,3)
0.1 ⇔ .1
1. ⇔ 1
007 ⇔ 7
-0 ⇔ 0
x^2 + 1 = 0 ⇔ 0 = 1 + x^2
xy = 1 ⇔ y x = 1
36 \text{ square units} ⇔ 36
3 \text{ apples} ⇔ 3
3 apples ⇔ 3
\text{3 apples} ⇔ 3
\mathrm{2} ⇔ 2
\mathbf{5} ⇔ 5
{5} ⇔ 5
\displaystyle\frac{1}{2} ⇔ 1/2
1/2 \text{ of the pie} ⇔ 1/2
\text{Jan } 5 ⇔ \text{Jan } 5
\frac{dy}{dx} = 2x ⇔ 2x
f'(x) = 2x ⇔ 2x
x(x+1) ⇔ x^2+x
f(x)=3x+2, g(x)=x ⇔ f(x)=3x+2, g(x)=x
V = 36\pi ⇔ 36\pi
\frac{AB}{CD} = \frac{2}{3} ⇔ \frac23
AB:CD = 2:3 ⇔ 2:3
m = -2 ⇔ -2
\theta = 30^\circ ⇔ 30^{\circ}
\alpha+\beta ⇔ \beta+\alpha
x = \frac{1}{2} \approx 0.5 ⇔ 0.5
2\sqrt{3} \approx 3.46 ⇔ 2\sqrt3
\sum_{k=1}^{n} k ⇔ \frac{n(n+1)}{2}
\sum_{i=1}^{5} i ⇔ 15
`

// samePairsOneWay are the same with the gold answer on the right.
const samePairsOneWay = `
25 m² ⇔ 25
12 \frac{\text{m}}{\text{s}} ⇔ 12
5m ⇔ 5
\frac{3}{7} \approx 0.43 ⇔ 0.43
2,74 ⇔ 2.74
0.577 ⇔ \frac{\sqrt{3}}{3} \approx 0.577
`
