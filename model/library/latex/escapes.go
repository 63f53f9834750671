package latex

import (
	"regexp"
	"strings"
)

var (
	backslashes = regexp.MustCompile(`\\+`)
	doubled     = regexp.MustCompile(`\\\\([A-Za-z]+|[{}%$])`)
	lostBrace   = regexp.MustCompile(`(^|[^\\A-Za-z])(d?frac|tfrac|sqrt|binom|text|mathrm|mathbb|mathbf|boxed|overline|begin|end|rac)\{`)
	lostSign    = regexp.MustCompile(`(^|[^\\A-Za-z])(leqslant|geqslant|leq|geq|neq|infty|cdot|setminus|emptyset|varnothing)($|[^A-Za-z])`)
	lostPair    = regexp.MustCompile(`(^|[^\\A-Za-z])(?:left ?([(\[])|right ?([)\]]))`)
	lostIn      = regexp.MustCompile(`(^|[^\\A-Za-z])([A-Za-z]) in ([\[(\\{])`)
	lineEnd     = regexp.MustCompile(`\n(eq|abla|otin)\b`)
	// control are the beginnings of commands that became control characters, as those of
	// \frac and \times do in JSON with single backslashes.
	control = strings.NewReplacer("\frac", `\frac`, "\fbox", `\fbox`, "\forall", `\forall`, "\floor", `\floor`, "\times", `\times`, "\theta", `\theta`, "\tan", `\tan`, "\tfrac", `\tfrac`, "\tau", `\tau`,
		"\to ", `\to `, "\triangle", `\triangle`, "\binom", `\binom`, "\begin", `\begin`, "\beta", `\beta`, "\bmod", `\bmod`, "\bar", `\bar`, "\big", `\big`, "\boxed", `\boxed`, "\bot", `\bot`,
		"\right", `\right`, "\rangle", `\rangle`, "\rfloor", `\rfloor`, "\rceil", `\rceil`,
		"\vec", `\vec`, "\vee", `\vee`, "\varphi", `\varphi`, "\alpha", `\alpha`, "\approx", `\approx`, "\angle", `\angle`, "\arcsin", `\arcsin`, "\arccos", `\arccos`, "\arctan", `\arctan`)
)

// unescaped undoes what lost the backslashes of LaTeX on its way, or doubled them.
func unescaped(s string) string {
	if strings.ContainsAny(s, "\a\b\f\n\r\t\v") {
		s = control.Replace(lineEnd.ReplaceAllString(s, `\n$1`))
	}
	for range 3 {
		if !strings.Contains(s, `\\`) {
			break
		}
		s = halved(s)
	}
	if nameBeforeBrace(s) {
		s = strings.ReplaceAll(lostBrace.ReplaceAllString(s, `$1\$2{`), `\rac{`, `\frac{`)
	}
	if strings.Contains(s, "eq") || strings.Contains(s, "infty") || strings.Contains(s, "cdot") || strings.Contains(s, "set") {
		s = lostSign.ReplaceAllString(s, `$1\$2 $3`)
	}
	if strings.Contains(s, "left") || strings.Contains(s, "right") {
		s = lostPair.ReplaceAllString(s, "$1$2$3")
	}
	if strings.Contains(s, " in ") {
		s = lostIn.ReplaceAllString(s, `$1$2 \in $3`)
	}
	if strings.ContainsAny(s, "&<") {
		s = raisedTag.ReplaceAllString(loweredTag.ReplaceAllString(entities.Replace(s), "_{$1}"), "^{$1}")
	}
	return s
}

var (
	// entities, raisedTag and loweredTag are HTML.
	entities   = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&le;", `\le `, "&ge;", `\ge `, "&ne;", `\ne `, "&nbsp;", " ", "&amp;", "&", "&pi;", `\pi `, "&infin;", `\infty `, "&times;", `\times `, "&minus;", "-", "&radic;", `\sqrt `, "&deg;", `^\circ `, "&plusmn;", `\pm `, "&frac12;", `\frac{1}{2}`)
	raisedTag  = regexp.MustCompile(`<sup>([^<>]*)</sup>`)
	loweredTag = regexp.MustCompile(`<sub>([^<>]*)</sub>`)
)

// nameBeforeBrace says whether letters without a backslash stand right before a brace: most
// answers have none, and the pattern takes longer than the rest of reading them.
func nameBeforeBrace(s string) bool {
	for i := range len(s) {
		if s[i] != '{' {
			continue
		}
		start := i
		for start > 0 && isLetter(s[start-1]) {
			start--
		}
		if start < i && (start == 0 || s[start-1] != '\\') {
			return true
		}
	}
	return false
}

// halved takes every other backslash out of an answer with pairs of them only, of which one
// stands before a command; or else out of the pairs before commands, if no rows end with \\.
func halved(s string) string {
	commands := false
	for _, m := range doubled.FindAllStringSubmatch(s, -1) {
		commands = commands || isCommand(m[1])
	}
	if !commands {
		return s
	}
	odd := false
	for _, m := range backslashes.FindAllString(s, -1) {
		odd = odd || len(m)%2 == 1
	}
	switch {
	case !odd:
		return strings.ReplaceAll(s, `\\`, `\`)
	case strings.Contains(s, `\begin`):
		return s
	}
	return doubled.ReplaceAllStringFunc(s, func(m string) string {
		if isCommand(m[2:]) {
			return m[1:]
		}
		return m
	})
}

// commands are names of commands that stand in no other list.
var commands = set(`frac binom infty begin end sum prod lfloor rfloor lceil rceil langle rangle mathbb mathcal mathbf overline operatorname circ pmod pi cdot
	Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega vec bar hat`)

// isCommand says whether a name, or a brace, is that of a command that is read.
func isCommand(name string) bool {
	c := `\` + name
	if len(name) == 1 {
		return strings.Contains("{}%$", name)
	}
	return commands[name] || known(c) || textual[c] || lettering[c] || isGreek(name)
}

func isGreek(name string) bool {
	for _, g := range greekNames {
		if g == name {
			return true
		}
	}
	return false
}
