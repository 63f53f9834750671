package math

// differentPairs differ in both directions.
const differentPairs = `
\sqrt{2} ⇔ 1.41
\pi ⇔ 3.14
\pi ⇔ \frac{22}{7}
1/3 ⇔ 0.333
x+1 ⇔ x-1
x^2 ⇔ 2x
\sqrt{x^2+y^2} ⇔ x+y
(1,2) ⇔ (2,1)
(1,2) ⇔ [1,2]
[1,2) ⇔ (1,2]
\{1,2\} ⇔ \{1,3\}
\{1,2\} ⇔ (1,2)
1,2 ⇔ 1,2,3
1 ⇔ 1,2
\pm 3 ⇔ 3
3 ⇔ \pm 3
x<3 ⇔ x>3
x<3 ⇔ x\le 3
x\ne 3 ⇔ x=3
(-\infty,3) ⇔ (-\infty,3]
(1,3) ⇔ 1\le x\le 3
x=5 ⇔ y=5
5\text{ cm} ⇔ 5\text{ km}
5\text{ cm} ⇔ 5\text{ cm}^2
50 ⇔ 0.5
0.5\% ⇔ 0.5\cdot 100
2+3i ⇔ 2-3i
2\sqrt3 ⇔ 3\sqrt2
26\pi ⇔ 26
\log_2 3 ⇔ \log_3 2
\sin x ⇔ \cos x
5! ⇔ 5
2^{100} ⇔ 2^{100}+1
\sqrt{10^{40}+1} ⇔ 10^{20}
e^{\pi\sqrt{163}} ⇔ 640320^3+744
\begin{pmatrix}1\\2\end{pmatrix} ⇔ \begin{pmatrix}2\\1\end{pmatrix}
\begin{pmatrix}1&2\end{pmatrix} ⇔ \begin{pmatrix}1\\2\end{pmatrix}
y = 2x+1 ⇔ y=2x-1
2x+3y=6 ⇔ 2x+3y=7
A ⇔ B
(A) ⇔ (B)
\text{yes} ⇔ \text{no}
3:2 ⇔ 2:3
x^2=4 ⇔ x=2
a+3z=0 ⇔ 0
x+y=7 ⇔ 7
2x = 10 ⇔ 10
f(x) ⇔ f(y)
f(2x) ⇔ 2f(x)
\frac{1}{x} ⇔ x
AB ⇔ BC
n! ⇔ (n+1)!
10^{10} ⇔ 10^{11}
\emptyset ⇔ 0
\{5,6\} ⇔ 5
5\text{ hours 30 minutes} ⇔ 5
\text{no solution} ⇔ 0
(0,0) ⇔ 0
[1,2]\cup[3,4] ⇔ [1,4]
(1,2)\cup(2,3) ⇔ (1,3)
x>1 or x<0 ⇔ 0<x<1
1\frac12 ⇔ \frac12
12 ⇔ 1,2
1,234 ⇔ 1.234
1234 ⇔ 1.234
11_2 ⇔ 11
0.\overline{3} ⇔ 0.3
3.14159 ⇔ 3.14158
16386.20 ⇔ 16386.21
2.5 ⇔ 2.50001
4:30 ⇔ 4:31
-\sqrt3 ⇔ -3
10\sqrt6 ⇔ 106
2x ⇔ 2
5x ⇔ 5
\infty ⇔ -\infty
\infty ⇔ 1
\text{undefined} ⇔ 0
\frac{0}{0} ⇔ 0
1/0 ⇔ 0
x \in \{1,2\} ⇔ \{1\}
\{1,1,2\} ⇔ \{1,2,3\}
1,1,2 ⇔ 1,2,2
A, B ⇔ A, C
ABD ⇔ ABC
2\pi n ⇔ \pi n
x = 2k\pi ⇔ x = k\pi
(1,2),(3,4) ⇔ (1,2),(4,3)
5 \text{ or more} ⇔ 5
5\text{ million} ⇔ 5
\sqrt{x^2} ⇔ x
\sqrt[3]{2} ⇔ \sqrt{2}
e ⇔ 2.718
\ln 2 ⇔ \ln 3
0 ⇔ 0.0001
1 ⇔ 0.99999
1 ⇔ 0.9999999
100 ⇔ 10\text{ units}
4, 12, 2 ⇔ 10, 4, 2
\text{Monday} ⇔ \text{Tuesday}
F_n = \sum_{k=0}^{n-1} F_k ⇔ F_n = \sum_{k=0}^{n-2} F_k
\int_0^1 x dx ⇔ \int_0^2 x dx
-[0,1) ⇔ 1
|x|<2 ⇔ (-2,2]
x^2<4 ⇔ -2<x\le 2
x^2 \ge 4 ⇔ -2\le x\le 2
2^{10^9} ⇔ 2^{10^9}+1
9^{9^{9^9}} ⇔ 9^{9^{9^8}}
\sum_{k=1}^{3} k ⇔ 7
\sum_{k=1}^{n} k ⇔ \frac{n(n-1)}{2}
\begin{vmatrix}1&2\\3&4\end{vmatrix} ⇔ 2
\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^T ⇔ \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
\{x \mid x > 3\} ⇔ [3,\infty)
\{x \mid x > 3\} ⇔ \{3\}
{10 \choose 3} ⇔ {10 \choose 4}
five ⇔ 6
10th ⇔ 11
\sin A = \frac{3}{5} ⇔ \frac45
f(x)=2x ⇔ y=3x
f(x)=2x ⇔ g(x)=2x
[-\infty,2)\cup(3,\infty) ⇔ (-\infty,2)\cup(3,\infty)
9\text{ a.m.} ⇔ 9\text{ p.m.}
12:30 PM ⇔ 12:30 AM
\text{C, F, H} ⇔ \text{C, F, G}
\{1,2,\dots,10\} ⇔ \{1,2,\dots,11\}
Option C ⇔ D
3/4 \text{ or } 0.8 ⇔ 0.75
x=5 \text{ or } x=6 ⇔ 5
10^{10^{10}} ⇔ 10^{10^{11}}
1000! ⇔ 1001!
\frac{1}{2004!} ⇔ \frac{1}{2003!}
3s^2 ⇔ 3
\text{1:03 PM} ⇔ 1/3
2x^2 ⇔ 2
0.4 ⇔ 0.5
25\% ⇔ 25\text{ ft}
iz=w ⇔ z=iw
\$8 ⇔ 8\text{ cents}
\$35 ⇔ 35\%
\$235,000 ⇔ \$235,00
2\frac{1}{10} ⇔ 2\frac{21}{20}
3\sqrt{1}7 ⇔ 3\sqrt{17}
\frac{1}{3}5 ⇔ \frac{1}{35}
\frac7{2x} ⇔ \frac{72x}
4y^{8}5(y+1) ⇔ 4y^{85}(y+1)
\sqrt{x-3+8 ⇔ \sqrt{x-3}+8
7 \mathrm{~cm} ⇔ 7\mathrm{~m}
C_7^2 ⇔ 42
C_2^7 ⇔ 0
B, D ⇔ BE
B, D ⇔ B
\int_1^3 t dt = 4 ⇔ 3
|a+b| = 5 ⇔ a+b
\sin 2x = 1 ⇔ 2x
\mathbb{R} - \{7\} ⇔ x=7
M = [1,2] ⇔ [1,2)
all real numbers ⇔ all
\frac{3}{7} \approx 0.43 ⇔ 0.44
x^2=9 \Rightarrow x=3 ⇔ 9
4!=24 ⇔ 4
45^\circ ⇔ 45\text{ mph}
18\% ⇔ 18^\circ
f(x,y)=x+y ⇔ f(y,y)=2y
f(x) = x+2 ⇔ f(y) = x+2
1234567890123.0001 ⇔ 1234567890123.0002
6\sqrt{5} \text { square inches} ⇔ \sqrt{5}
yes ⇔ no
no solution ⇔ one solution
7 123/200 ⇔ 7123/200
x<1 \cup x>4 ⇔ (1,4)
`
