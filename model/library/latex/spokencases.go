package latex

import (
	"regexp"
	"strings"

	"temper/model/library/budget"
)

var (
	spokenIf   = regexp.MustCompile(`\\(?:text|textrm|mathrm|mbox)\s*\{[\s,]*(if|for|when|otherwise|else|and)\s*\}`)
	branchMark = regexp.MustCompile(`\s*[,;]\s*(?:and\s+)?|\s+and\s+`)
	oneBranch  = regexp.MustCompile(`^(.+?)\s+(?:(?:if|for|when)\s+(.+)|otherwise|else)$`)
	ofBranch   = regexp.MustCompile(`^([a-zA-Z](?:\([a-z]\)|_n)?\s*=)\s*(.+)$`)
)

// spokenCases writes x if x > 0, -x otherwise as an environment of cases; "" if an answer is
// no such sentence.
func spokenCases(b *budget.Budget, s string) string {
	if strings.Contains(s, `\begin`) || !strings.Contains(s, "if") && !strings.Contains(s, "for") && !strings.Contains(s, "when") {
		return ""
	}
	b.Spend(textSteps*len(s), 4*len(s))
	branches := branchMark.Split(strings.TrimSpace(spokenIf.ReplaceAllString(s, " $1 ")), -1)
	if len(branches) < 2 {
		return ""
	}
	name, rows := "", []string(nil)
	for i, b := range branches {
		m := oneBranch.FindStringSubmatch(strings.TrimSpace(b))
		if m == nil {
			return ""
		}
		value, condition := m[1], m[2]
		if f := ofBranch.FindStringSubmatch(value); f != nil {
			if i > 0 && f[1] != name {
				return ""
			}
			name, value = f[1], f[2]
		}
		if condition == "" {
			rows = append(rows, value+`& \text{otherwise}`)
		} else {
			rows = append(rows, value+`& \text{if } `+condition)
		}
	}
	return name + `\begin{cases} ` + strings.Join(rows, ` \\ `) + `\end{cases}`
}
