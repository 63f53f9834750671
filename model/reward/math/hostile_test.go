package math

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// hostile makes an answer of a kind that takes a grader much time or memory, of at most
// MaxAnswer bytes. The same numbers always make the same answer.
func hostile(kind string, rng *rand.Rand) string {
	s := hostileKinds[kind](rng)
	return strings.ToValidUTF8(s[:min(len(s), MaxAnswer)], "")
}

// repeat is a text, with each # replaced by a small number, as often as it fits into size.
func repeat(rng *rand.Rand, size int, text, between string) string {
	var b strings.Builder
	for b.Len() < size-2*len(text)-len(between) {
		if b.Len() > 0 {
			b.WriteString(between)
		}
		b.WriteString(numbered(rng, text))
	}
	return b.String()
}

func numbered(rng *rand.Rand, text string) string {
	for strings.Contains(text, "#") {
		text = strings.Replace(text, "#", fmt.Sprint(rng.IntN(90)+2), 1)
	}
	return text
}

// nest puts a text into itself where it has @, to a depth.
func nest(rng *rand.Rand, depth int, inner string, texts ...string) string {
	for range depth {
		inner = strings.ReplaceAll(numbered(rng, texts[rng.IntN(len(texts))]), "@", inner)
		if len(inner) > MaxAnswer {
			break
		}
	}
	return inner
}

func pick(rng *rand.Rand, texts ...string) string { return texts[rng.IntN(len(texts))] }

// long is a length of an answer.
func long(rng *rand.Rand) int { return pickSize(rng, 60, 200, 600, 2000, MaxAnswer) }

func pickSize(rng *rand.Rand, sizes ...int) int { return sizes[rng.IntN(len(sizes))] }

var hostileKinds = map[string]func(*rand.Rand) string{
	"nesting": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(60), pick(rng, "x", "2", "i"), "(@)", `\frac{@}{#}`, `\frac{#}{@}`, `\sqrt{@}`, "|@|", "{@}", `\overline{@}`, "-@", "(#,@)", "[@]", `\lfloor @\rfloor`, "(x+@)^2", `\{@\}`)
	},
	"doubling": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(12), pick(rng, "x", "2", "y_1"), "(@+@)", "(@)(@)", `\frac{@}{@}`, "(@)^{@}", "(@,@)", `\{@,@\}`, `f(@,@)`, `1\frac{@}{@}`)
	},
	"mixed numbers": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(40), "1", `#\frac{@}{#}`, `#\frac{#}{@}`, `\overline{#\frac{@}{#}}`)
	},
	"matrices": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(8)+1, pick(rng, "x", "1", "a+b"), `\begin{pmatrix}@&#\\#&@\end{pmatrix}`, `\begin{pmatrix}@&#\\#&#\end{pmatrix}\begin{pmatrix}#&@\\#&#\end{pmatrix}`, `\begin{bmatrix}@&#&#\\#&#&#\\#&#&#\end{bmatrix}^5`, `[[@,#],[#,#]]`, `\begin{pmatrix}@\end{pmatrix}^T`)
	},
	"matrix products": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, `\begin{pmatrix}#&x\\y&#\end{pmatrix}`, `\begin{pmatrix}#&x&1&2\\y&#&1&z\\#&#&x&y\\1&2&3&#\end{pmatrix}^5`), pick(rng, "", "+", "-"))
	},
	"determinants": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(10)+1, pick(rng, "x", "1", "i"), `\begin{vmatrix}1&1&1&1\\1&2&3&5\\1&4&9&7\\@&8&27&#\end{vmatrix}`, `\begin{vmatrix}@&#&#\\#&#&#\\#&#&#\end{vmatrix}`, `\overline{\begin{vmatrix}@&#\\#&@\end{vmatrix}}`)
	},
	"options": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "A. ", "(A) ", "(A) #, ", `\text{(B) }`, `\textbf{(C)} `, "Option C: ", `(D)\quad `, "A) B) ", "A, B "), pick(rng, "", " "))
	},
	"towers": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(45)+1, pick(rng, "x", "2", `\pi`), "#^{@}", "x^{@}", "e^{@}", "(@)^{#}", "(@)^{1/#}", "(@)^{x}", "2^@", `\sqrt[#]{@}`)
	},
	"long towers": func(rng *rand.Rand) string { return repeat(rng, long(rng), pick(rng, "2", "x", "#", "i", "f"), "^") },
	"big numbers": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "#^{5000}", `\frac{#}{#^{4000}}`, "#^{-3000}", "#00!", `\binom{2900}{1400}`, "2999!", "2999!!", "3^{#^3}", "(1/#)^{900}", "1e4096", "#e-4096", `\frac{#^{3000}}{#^{3000}}`), pick(rng, "+", "-", "*", "/", ", "))
	},
	"digits": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "#", "#,", "# ", "#,#00,", "1.#", ".#", "0.", `#\ldots`, `#{,}`, `#\,`, "#e#", "1_2", "#_{#}", "5ABe", "1,#", "1,111,"), "")
	},
	"decimals": func(rng *rand.Rand) string {
		return pick(rng, "0.", "-0.", "3.") + repeat(rng, long(rng), pick(rng, "#", "3", "142857"), "") + pick(rng, "", `\ldots`, "...", `\overline{3}`)
	},
	"marks": func(rng *rand.Rand) string {
		return pick(rng, "5", "x", "(a)", "f") + repeat(rng, long(rng), pick(rng, "!", "%", "'", `^\circ`, "_1", "^2", "/2", "-", "+-", "^-", "{}", "_"), "")
	},
	"unions": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, `(#,1#0)`, `[\sqrt{#},#0)`, `\{#,#\}`, `(-\infty,#)`, `(\sin #, 1#)`, `x<#`, `x^2 \ge #`, `(#^{3000},\infty)`), pick(rng, `\cup `, `\cap `, `\setminus `, " or ", " and ", ", "))
	},
	"inequalities": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "x+#", "#", `\sin x`, "f(#)", "x^{#}"), pick(rng, "<", `\le `, "=", `\neq `, `\approx `, `\in `))
	},
	"cases": func(rng *rand.Rand) string {
		return `\begin{cases}` + repeat(rng, long(rng), pick(rng, `x+#&x<#`, `# & \text{if } x = #`, `x^{#}`, `y=#`), `\\`) + `\end{cases}`
	},
	"binomials": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "(x+#)", "(x-y^#)", "(a+b+#)", "(x_{#}+1)", `(\sin x+#)`, "(x+#)^{99}", `(\sqrt{x}+#)`), pick(rng, "", "*", "+"))
	},
	"lists": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "#", `\sqrt{#}`, "#^{1/3}", `\log #`, `\pm\sqrt{#}`, "x=#", "x_{#}=#", "(#,#)", `\{#\}`, "x+#", `\frac{#}{#}`, `#\%`, "# cm", "(A) #"), pick(rng, ", ", " and ", " or ", "; ", `, \text{ and }`))
	},
	"sets": func(rng *rand.Rand) string {
		return `\{` + repeat(rng, long(rng), pick(rng, "#", `\sqrt{#}`, `#\pm#`, `\sin #`, "x", `\{#,#\}`), ",") + `\}`
	},
	"notes": func(rng *rand.Rand) string {
		return pick(rng, "", "5", "x", `5 \text{`) + repeat(rng, long(rng), pick(rng, "个", "万", "米", "# km/h ", `#\text{ m} `, "red ", "of the ", "per ", "km^2/", "square ", `\$#, `, "€# ", `\text{is } x`, "million "), pick(rng, "", " "))
	},
	"spoken numbers": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "one hundred and ", "two and a half ", "six million ", "a third ", "twenty-", "one-", "ab-", "minus two ", "five hundred thousand six ", "three point one "), "")
	},
	"signs": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, `#\pm #`, `\pm #`, `\mp x`, `(1\pm\sqrt #)`), pick(rng, "+", "", "*", ","))
	},
	"series": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(5)+1, pick(rng, "i", `\sin i`, "i^{99}", `\frac{1}{i}`, "x^i", `\sqrt{i}`), `\sum_{i=1}^{2000}(@)`, `\prod_{i=1}^{#}(@)`, `\sum_{k=1}^{#00}(@)`, `\sum_{j=1}^{i}(@)`)
	},
	"functions": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(40)+1, pick(rng, "x", "i", "2", "-3"), `\sin(@)`, `\log(@)`, `\ln(@)`, `\arctan(@)`, `\arcsin(@)`, "f(@)", `\tan(@)`, `\tanh(@)`, `\log_{#}(@)`, `\max(@,#)`, `|@|`, `\gcd(@,#)`, `(@)!`, `\lfloor @\rfloor`)
	},
	"many functions": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, `\sin #x`, `\sqrt[3]{-#}`, `\log(-#)`, `\arctan #`, `x^{0.#}`, `(-#)^{0.#}`, `\cos(#+i)`, `\arccos(0.#)`, `(1+i)^{0.#}`, `|x-#|`, `\lfloor x/#\rfloor`, `\log_{#}x`), pick(rng, "+", "", "*", "<"))
	},
	"symbols": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "x_{#}", "ab", "f(x)", "x_1x_2", `\alpha`, "e", "xyz"), pick(rng, "+", "", "=", ","))
	},
	"equations": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "x=#", "y=x+#", "a_{#}=#", `f(#)=#`, `\frac{#}{x+#}=y`, "(x,y)=(#,#)"), pick(rng, ", ", " or ", "=", `\implies `))
	},
	"aligned": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(20)+1, "x", `\begin{aligned}@&=#\\&=#\end{aligned}`, `\begin{cases}@\\y=#\end{cases}`, `\begin{aligned}@\end{aligned}`)
	},
	"environments": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, `\begin{aligned}x&=#`, `\begin{aligned}x\end{aligned}`, `\begin{array}{c}#\end{array}`, `\begin{matrix}`), "")
	},
	"texts": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(400)+1, pick(rng, "x", "a, b", "5 cm"), `\text{@}`, `\text{a, @}`, `\text{ @}`, `\mathrm{@}`, `\text{5 @}`, `\frac{\text{a @}}{#}`)
	},
	"words": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "the answer is ", "red and blue, ", `\text{cm}`, "5 cm ", "five hundred ", "a", "x and y ", "if x ", "not ", "million ", "two three ", "one hundred and ", "a half ", "ab-cd-", "two-", "minus "), "")
	},
	"blanks": func(rng *rand.Rand) string {
		return pick(rng, "5", "", "x,") + repeat(rng, long(rng), pick(rng, " ", `\ `, "~", `\quad`, ", ", `\,`, "$", "$ $", `\(`, "\n", "\u00a0", "−"), "") + pick(rng, "5", "", "x")
	},
	"prefixes": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "x=", "x:", `\text{Answer: }`, `\boxed{`, `\approx`, "y = f(x) = ", "1:", "1,", `\implies`, "5 or ", "**", "`", "\\\\"), "") + "5"
	},
	"bends": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "|x-#|", "|x^#-y|", `\lfloor x/#\rfloor`, `\max(x,#)`, "||x-#|-#|", `\sqrt{|x-#|}`), pick(rng, "+", "", "*", "-")) + pick(rng, "", "<#", "=#", `\ge y`)
	},
	"polynomials": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "x^{#}", "(x-#)", "(x^2-#)", `\sqrt{x^3-#}`, `\frac{x^{15}-#}{x-#}`, "(x^7-#x+1)"), pick(rng, "+", "", "-")) + pick(rng, "<0", `\ge 1`, "=0", "")
	},
	"long cases": func(rng *rand.Rand) string {
		return `\begin{cases}` + repeat(rng, long(rng), pick(rng, `x^3+# & \text{if } x^5-#x<1`, `|x-#| & #<x<1#`, `# & |x-#|\le #`, `\sin x & x\ge #`), `\\`) + `\\1 & \text{otherwise}\end{cases}`
	},
	"letters in products": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "ABA^{-1}", "(AB)^T", `\mathbf{a}\times\mathbf{b}`, `A^{#}B`, `\hat{a}\hat{b}`, `\vec{a}\cdot\vec{b}`, "#i+#j+#k"), pick(rng, "+", "", "-"))
	},
	"units": func(rng *rand.Rand) string {
		return "5" + repeat(rng, long(rng), pick(rng, "m/s", `\text{ m per s}`, " cm", "/s", `\text{ million}`, "^2", " ft # in", `\text{ dollars and }#`), "")
	},
	"prose": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "we have $x=#$ and ", "if $#$ then \\(y^#\\) ", `\text{for } x=#, `, `the $\sin #$, `, "$x<#$ or $y>#$; ", `\text{when } n \text{ is even, }`), "")
	},
	"days and money": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, "June #, ", "12:# PM ", `\$#,#00 `, "#€ ", "#/#/20#", "#^\\circ #' #'' ", "5 ft # in "), "")
	},
	"calculus": func(rng *rand.Rand) string {
		return nest(rng, rng.IntN(30)+1, pick(rng, "x", "e^x", "n"), `\int_0^{#} @ \,dx`, `\lim_{x\to #}(@)`, `\frac{d}{dx}(@)`, `\sum_{n=1}^{\infty}\frac{@}{n^#}`, `\Gamma(@)`, `\zeta(@)`, "f'(@)", `\frac{\partial @}{\partial x}`, `\Gamma(#/2)(@)`)
	},
	"many integrals": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, `\int_0^1 x^# dx`, `\Gamma(#/2)`, `\zeta(#)`, `\sum_{n=0}^{\infty}x^n/#`, `\frac{dy}{dx}`, "f''(#)", "C_{#}e^{#x}", `\lim_{n\to\infty}#`), pick(rng, "+", "", "=", ", "))
	},
	"families": func(rng *rand.Rand) string {
		return repeat(rng, long(rng), pick(rng, `#\pi k`, `\frac{\pi}{#}+2k\pi`, `x=#n\pi`, `\pm\frac{\pi}{#}+k\pi`), ", ") + pick(rng, `, k\in\mathbb{Z}`, `, n,k\in\mathbb{Z}`, "")
	},
	"sets of pairs": func(rng *rand.Rand) string {
		return `\{` + repeat(rng, long(rng), pick(rng, "x | x > #", `x \in \mathbb{R} : `, `2k \mid k \in \mathbb{Z}`, "|", ":", `\{x|`), pick(rng, ",", "")) + `\}`
	},
	"soup": func(rng *rand.Rand) string {
		pieces := strings.Fields(`1 23 x y i e \pi \frac {1} {2} { } ( ) [ ] , ; + - * / ^ _ ! % | \sqrt \{ \} \pm = < \le \ge \in \cup \cap \text{cm} \text{ \sum_{i=1}^{ 99} \begin{pmatrix} \end{pmatrix} & \\ \sin \log or and A. (B) 0.333 1,234 \ldots \overline \circ f( ' : $ \boxed{ \left( \right) \binom ² √ − ≤`)
		var b strings.Builder
		for size := long(rng); b.Len() < size; {
			b.WriteString(pieces[rng.IntN(len(pieces))])
			if rng.IntN(4) == 0 {
				b.WriteByte(' ')
			}
		}
		return b.String()
	},
}
