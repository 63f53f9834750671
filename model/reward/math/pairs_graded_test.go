package math

// gradedPairs are the same in both directions for GradeAnswer.
const gradedPairs = `
Yes ⇔ yes
$p = 8 = q$ ⇔ 8
$iz=w$ ⇔ $z=-iw$
minus 9 ⇔ -9
negative 9 ⇔ $-9$
\begin{align*} t &= 9+5 \\ &= 14 \end{align*} ⇔ 14
$\frac{5\sqrt{}{7}}{2}$ ⇔ $\frac{5\sqrt7}{2}$
$9\frac{0}{4}$ ⇔ 9
$2\frac{x}{3}$ ⇔ $\frac{2x}{3}$
$\tan(\alpha-\beta)=\frac{1}{7}$ ⇔ 1/7
$\overrightarrow{PA} \cdot \overrightarrow{PB} = -4$ ⇔ -4
$|\vec{u}-\vec{v}|=\sqrt{19}$ ⇔ $\sqrt{19}$
$C_7^2=21$ ⇔ 21
$C_9^4$ ⇔ $\binom94$
$P \cap Q = [-2,5)$ ⇔ $\{x | -2 \le x < 5\}$
B, D ⇔ $\text{BD}$
A, C and D ⇔ ACD
$\min\{p,q\}$ ⇔ $\min(p,q)$
$\left\{\begin{array}{l}x=6 \\ y=-1\end{array}\right.$ ⇔ $x=6,y=-1$
$\begin{pmatrix} a \\ b \end{pmatrix} = \begin{pmatrix} 7 \\ 9 \end{pmatrix}$ ⇔ $\begin{pmatrix} 7 \\ 9 \end{pmatrix}$
$\int_1^3 t dt = 4$ ⇔ 4
about 31.5 ⇔ 31.5
$\sim 8$ ⇔ 8
all real numbers ⇔ $(-\infty,\infty)$
$\mathbb{R} - \{7\}$ ⇔ $x\ne7$
US\$25 ⇔ 25
450 yen ⇔ 450
$x^{1/2} = 6 \Rightarrow x = 36$ ⇔ 36
$2\cdot 4!=48$ ⇔ 48
$x != 4$ ⇔ $x\ne4$
7/day ⇔ 7
$24/hour ⇔ 24
No ⇔ \text{no}
No solution ⇔ $\text{no solution}$
the empty set ⇔ $\varnothing$
7 123/200 ⇔ $7\frac{123}{200}$
$\max g = 12$ ⇔ 12
$x \le -3 \cup x \ge 8$ ⇔ $(-\infty,-3]\cup[8,\infty)$
$-4\lex\le2$ ⇔ $[-4,2]$
$17 \mod 5$ ⇔ 2
0.30000000000000004 ⇔ 0.3
66.66666666666667 ⇔ $\frac{200}{3}$
$\boxed{\frac{3}{8}}$ ⇔ 3/8
$x=5$ or $x=6$ ⇔ $\{5,6\}$
$\text{(A) } 5$ ⇔ A
$10\%$ ⇔ $\frac{1}{10}$
$0.1$ ⇔ 10\%
$16:9$ ⇔ $\frac{16}{9}$
$2^{3}\cdot 3$ ⇔ 24
$\{x | x > 3\}$ ⇔ $\{x | x > 3\}$
$\{x \mid x > 3\}$ ⇔ $(3,\infty)$
$\{x : x > 3\}$ ⇔ $x>3$
$\{x \in \mathbb{R} \mid x \ne 2\}$ ⇔ $x \neq 2$
$x \in \mathbb{R}, x \neq 2$ ⇔ $(-\infty,2)\cup(2,\infty)$
$\left\{-2, 3\right\}$ ⇔ $x = -2, 3$
$-2, 3$ ⇔ $x_1 = -2, x_2=3$
$x = -2 \text{ or } 3$ ⇔ $\{3,-2\}$
$[3, 5]$ ⇔ $3 \le x \le 5$
$(x,y,z) = (1,2,3)$ ⇔ $x=1,y=2,z=3$
$a = 1, b = 2$ ⇔ $a=1$ and $b=2$
$y = \pm\sqrt{3}x$ ⇔ $y=\sqrt3 x, y=-\sqrt3 x$
$\frac{x^2}{4}+\frac{y^2}{9}=1$ ⇔ $9x^2+4y^2=36$
$(x-1)^2+(y+2)^2=9$ ⇔ $x^2+y^2-2x+4y-4=0$
$x^2+y^2=1$ ⇔ $y^2 = 1-x^2$
$y-2=3(x-1)$ ⇔ $y=3x-1$
$k \geq 2$ ⇔ $[2,+\infty)$
$k \geqslant 2$ ⇔ $k\ge2$
$a<0$ or $a>1$ ⇔ $(-\infty,0)\cup(1,\infty)$
$m\in(-\infty, 1]$ ⇔ $m \le 1$
$1<a<3$ ⇔ $a \in (1,3)$
$\frac{1}{2}<x<1$ ⇔ $(0.5, 1)$
$\mathbf{5}$ ⇔ 5
$\mathrm{A}$ ⇔ A
$\sqrt{2} - 1$ ⇔ $-1+\sqrt{2}$
$\sqrt[4]{16}$ ⇔ 2
$27^{1/3}$ ⇔ 3
$8^{\frac{2}{3}}$ ⇔ 4
$2\log_2 3$ ⇔ $\log_2 9$
$\log_{2}\left(8\right)$ ⇔ 3
$\lg 100$ ⇔ 2
$\ln(1)$ ⇔ 0
$e^0$ ⇔ 1
$\sin(60^\circ)$ ⇔ $\frac{\sqrt{3}}{2}$
$\cos 60°$ ⇔ 1/2
$\tan 45^{\circ}$ ⇔ 1
$\arcsin(\frac12)$ ⇔ $\frac{\pi}{6}$
$\cot\frac{\pi}{4}$ ⇔ 1
$|{-5}|$ ⇔ 5
$\left|-5\right|$ ⇔ 5
$\lvert x \rvert$ ⇔ |x|
$(2+3i)(2-3i)$ ⇔ 13
$\frac{1+i}{1-i}$ ⇔ $i$
$2\left(\cos\frac{\pi}{3}+i\sin\frac{\pi}{3}\right)$ ⇔ $1+\sqrt{3}i$
$2e^{i\pi/3}$ ⇔ $1+i\sqrt3$
$3 \text{ and } 4$ ⇔ 3, 4
$3$ and $4$ ⇔ $3,4$
3 or 4 ⇔ 4, 3
$12\text{ cm}^2$ ⇔ $12\ \text{cm}^2$
$12\,cm^2$ ⇔ $12$
12cm ⇔ 12
12 cm ⇔ 12
5 hours ⇔ 5
$5 \mathrm{~km}$ ⇔ 5
$5 \mathrm{~m/s}$ ⇔ 5
$20 \mathrm{~cm}^{3}$ ⇔ 20
$60 \text{ km/h}$ ⇔ $60 \mathrm{~km} / \mathrm{h}$
$120^{\circ}$ ⇔ $\frac{2\pi}{3}$
\$3.50 ⇔ 3.5
$\$3.50$ ⇔ 3.50
350 cents ⇔ 350
3.5e-3 ⇔ 0.0035
$3.5 \times 10^{-3}$ ⇔ 0.0035
$6.02\cdot10^{23}$ ⇔ 602000000000000000000000
$1{,}234{,}567$ ⇔ 1,234,567
$1\ 234$ ⇔ 1234
$\frac{7}{3}$ ⇔ $2\frac{1}{3}$
$2 \frac{1}{3}$ ⇔ 7/3
$\frac{-7}{3}$ ⇔ $-2\frac13$
$0.\overline{36}$ ⇔ $\frac{4}{11}$
$0.\dot{3}$ ⇔ 1/3
$\frac{\frac{1}{2}}{3}$ ⇔ 1/6
$\binom{10}{3}$ ⇔ 120
$C(10,3)$ ⇔ $C(10,3)$
$10!/(7!3!)$ ⇔ 120
${10 \choose 3}$ ⇔ 120
$\dbinom{4}{2}$ ⇔ 6
$2^n - 1$ ⇔ $-1+2^n$
$\frac{n^2+n}{2}$ ⇔ $\frac{n(n+1)}{2}$
$(n+1)!/n!$ ⇔ $n+1$
$x^3-y^3$ ⇔ $(x-y)(x^2+xy+y^2)$
$\frac{a+b}{ab}$ ⇔ $\frac1a+\frac1b$
$\sqrt{ab}$ ⇔ $\sqrt{a}\sqrt{b}$
$2\sqrt{x}$ ⇔ $\sqrt{4x}$
$x^{-2}$ ⇔ $\frac{1}{x^2}$
$x\sqrt{x}$ ⇔ $x^{3/2}$
$\frac{x}{\sqrt{x}}$ ⇔ $\sqrt x$
$\begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}$ ⇔ $\left(\begin{array}{cc}1&0\\0&1\end{array}\right)$
$\begin{bmatrix} 1 \\ 2 \end{bmatrix}$ ⇔ $\begin{pmatrix} 1 \\ 2 \end{pmatrix}$
$\begin{matrix}1&2\end{matrix}$ ⇔ $(1,2)$
$\begin{vmatrix}1&2\\3&4\end{vmatrix}$ ⇔ -2
$\begin{pmatrix} 2 & 4 \\ 6 & 8 \end{pmatrix} - \begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix}$ ⇔ $\begin{pmatrix} 1 & 3 \\ 5 & 7 \end{pmatrix}$
$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^T$ ⇔ $\begin{pmatrix} 1 & 3 \\ 2 & 4 \end{pmatrix}$
$\begin{pmatrix} 1 & 1 \\ 0 & 1 \end{pmatrix}^2$ ⇔ $\begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix}$
$\begin{cases} x=1 \\ y=2 \end{cases}$ ⇔ $(1,2)$
$\begin{cases} x=1, \\ y=2. \end{cases}$ ⇔ $x=1, y=2$
$\overrightarrow{AB} = (1,2)$ ⇔ $(1,2)$
$\vec{v} = \begin{pmatrix}1\\2\end{pmatrix}$ ⇔ $\begin{pmatrix}1\\2\end{pmatrix}$
$3\mathbf{i}+4\mathbf{j}$ ⇔ $4\mathbf{j}+3\mathbf{i}$
$\sum_{i=1}^{5} i$ ⇔ 15
$\sum_{k=1}^{3} k^2 = 14$ ⇔ 14
$\prod_{k=1}^{4} k$ ⇔ 24
$\text{True}$ ⇔ true
$\text{Yes}$ ⇔ Yes.
\text{infinitely many} ⇔ infinitely many
$\text{no real solutions}$ ⇔ \emptyset
$\text{None}$ ⇔ none
DNE ⇔ \text{does not exist}
five ⇔ 5
$\frac{3}{4} \text{ or } 0.75$ ⇔ 0.75
$\frac{3}{4} = 0.75$ ⇔ 3/4
$0.75 = \frac{3}{4}$ ⇔ 3/4
$3/4 = 75\%$ ⇔ 3/4
$S = \{1,2\}$ ⇔ $\{1,2\}$
$A \cup B = \{1,2,3\}$ ⇔ $\{1,2,3\}$
$P(X=2) = 0.3$ ⇔ 0.3
$\angle A = 30^\circ$ ⇔ $30^\circ$
$\triangle ABC$ ⇔ $ABC$
$\sin A = \frac{3}{5}$ ⇔ $\frac35$
$\tan\theta = 2$ ⇔ 2
$f(x) = 2x+1, x\in\mathbb{R}$ ⇔ $2x+1$
$f(x)=\frac{1}{x}, x \ne 0$ ⇔ $f(x)=\frac1x, x\neq 0$
$a_{10} = 55$ ⇔ 55
$x^2 + y^2 \le 4$ ⇔ $4 \ge x^2+y^2$
$x+2y-5=0$ ⇔ $2x+4y=10$
$1, 2, \ldots, 10$ ⇔ $1,2,\ldots,10$
$\{1,2,\dots,10\}$ ⇔ $\{1, 2, \ldots, 10\}$
12:30 ⇔ 12:30
12:30 PM ⇔ 12:30 p.m.
$3\!:\!4$ ⇔ 3:4
$-\infty$ ⇔ -\infty
1,2 ⇔ (1,2)
$\left[\frac{1}{2},\infty\right)$ ⇔ $x\ge 0.5$
$\frac12 \le x < \infty$ ⇔ $[0.5,\infty)$
$x \to \infty$ ⇔ $x\to\infty$
$2 \mod 5$ ⇔ $2 \mod 5$
$x \equiv 2 \pmod{5}$ ⇔ $x\equiv 2\pmod 5$
$f(x)=x^2+2$ ⇔ $y=x^2+2$
$5\frac{1}{2}$ hours ⇔ 5.5
≈ 3.14 ⇔ 3.14
-0.5 ⇔ -\frac{1}{2}
$\frac{1}{2}\ \text{of a mile}$ ⇔ 0.5
$6\ (\text{units})$ ⇔ 6
6 (units) ⇔ 6
$15\pi\ \mathrm{cm^2}$ ⇔ $15\pi$
$15\pi\ \mathrm{cm}^2$ ⇔ $15\pi$
$10^{\text{th}}$ ⇔ 10
10th ⇔ 10
$\text{Option C}$ ⇔ C
Choice (B) ⇔ B
$\frac{d}{dx}(x^2) = 2x$ ⇔ $2x$
$(x+1)(x-1)=x^2-1$ ⇔ $x^2-1$
$0.333...$ ⇔ \frac13
$0.1666\ldots$ ⇔ 1/6
$0.142857142857\ldots$ ⇔ 1/7
28 per cent ⇔ 28\%
$42_{10}$ ⇔ 42
$\frac{\pi}{4}+k\pi(k\in\mathbb{Z})$ ⇔ $k\pi+\frac{\pi}{4}$
$x=k\pi, k\in\mathbf{Z}$ ⇔ $x=k\pi$
$2n-1, n\in\mathbb{N}^*$ ⇔ $2n-1$
$2n-1 (n \in \mathbb{N}^{*})$ ⇔ $2n-1$
$a_1=1, a_n=2n-1$ ⇔ $a_n=2n-1, a_1=1$
$(x,y)=(2,3) or (3,2)$ ⇔ $(3,2),(2,3)$
$[0,1)\cup(1,2]$ ⇔ $0\le x\le2, x\ne1$
$|x|>1$ ⇔ $(-\infty,-1)\cup(1,\infty)$
$x^2-5x+6<0$ ⇔ $(2,3)$
$x^2-5x+6<0$ ⇔ $2<x<3$
$33\frac13\%$ ⇔ 1/3
１２ ⇔ 12
$2^x\ln 2$ ⇔ $\ln(2)\cdot 2^x$
$-\frac12 \text{ or } \frac32$ ⇔ $\frac32, -\frac12$
$y<2x+1$ ⇔ $2x+1>y$
$\frac{1}{4}\mathrm{~cm}$ ⇔ 0.25
$\sqrt{2}\mathrm{~m}$ ⇔ $\sqrt2$
$18\sqrt{3}\ \text{cm}^2$ ⇔ $18\sqrt3$
$x = 3$ and $y = 4$ ⇔ $(3,4)$
$(\frac{1}{2}, \frac{3}{4})$ ⇔ (0.5, 0.75)
$\left(\dfrac{1}{2},\,-\dfrac{3}{4}\right)$ ⇔ (1/2, -3/4)
$1+2i, 1-2i$ ⇔ $1\pm 2i$
$\{2,-3\}$ ⇔ $x=2$ or $x=-3$
$a=2,b=-1$ ⇔ $b=-1,\ a=2$
$\frac{3x+2}{x-1}$ ⇔ $3+\frac{5}{x-1}$
$\tan\frac{\theta}{2}$ ⇔ $\frac{\sin\theta}{1+\cos\theta}$
$\log_a b$ ⇔ $\frac{\ln b}{\ln a}$
$\frac{2\sqrt[3]{4}}{2}$ ⇔ $2^{2/3}$
$e^{-x}$ ⇔ $\frac{1}{e^x}$
$\exp(2)$ ⇔ $e^2$
$2\sin x\cos x$ ⇔ $\sin 2x$
$\sin^{-1}\frac12$ ⇔ $30^\circ$
`
