package math

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"temper/model/reward"
)

// mathAnswers are the different answers of the problems of MATH.
func mathAnswers(t *testing.T) []string {
	t.Helper()
	seen := map[string]bool{}
	var answers []string
	for _, file := range []string{"math500.jsonl", "prm800k_style_train4500.jsonl"} {
		f, err := os.Open("../../../../shared/data/math/" + file)
		if os.IsNotExist(err) {
			t.Skip("../shared is absent")
		} else if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var row struct {
				Answer string `json:"answer"`
				Boxed  string `json:"answer_boxed"`
			}
			if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
				t.Fatal(err)
			}
			if a := row.Answer + row.Boxed; a != "" && !seen[a] {
				seen[a] = true
				answers = append(answers, a)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return answers
}

var (
	shortFraction = regexp.MustCompile(`\\frac\{(\d)\}\{(\d)\}`)
	someRoot      = regexp.MustCompile(`\\sqrt\{(\d+)\}`)
	integer       = regexp.MustCompile(`^-?\d+$`)
	fraction      = regexp.MustCompile(`^(-?)\\frac\{(\d+)\}\{(\d+)\}$`)
	operator      = regexp.MustCompile(`([\w)}] )([+-])( )`)
)

// rewrites are the same answer written otherwise.
func rewrites(a string) []string {
	list := []string{" " + a + " ", a + ".", "$" + a + "$", `\[` + a + `\]`, `\displaystyle ` + a, `\left.` + a + `\right.`, `\boxed{` + a + `}`, "**" + a + "**",
		strings.ReplaceAll(a, `\frac`, `\dfrac`), strings.ReplaceAll(a, `\frac`, `\tfrac`), shortFraction.ReplaceAllString(a, `\frac$1$2`), someRoot.ReplaceAllString(a, "√$1"), strings.ReplaceAll(a, `\pi`, "π")}
	if integer.MatchString(a) {
		list = append(list, a+".0", a+`\text{ cm}`, `\$`+a, "x = "+a, a+`^\circ`)
	}
	if m := fraction.FindStringSubmatch(a); m != nil {
		list = append(list, m[1]+m[2]+"/"+m[3], `\frac{`+m[1]+m[2]+"}{"+m[3]+"}", m[1]+"("+m[2]+")/("+m[3]+")")
	}
	return list
}

// nearMisses are other answers that look like it.
func nearMisses(a string) []string {
	var list []string
	if n, err := strconv.Atoi(a); err == nil {
		list = append(list, strconv.Itoa(n+1), strconv.Itoa(10*n+1), strconv.Itoa(n)+".5", strconv.Itoa(n)+",1234567", "("+a+",0)", `\sqrt{`+strconv.Itoa(n*n+1)+"}", a+`\pm 1`, a+"+x")
	}
	if m := fraction.FindStringSubmatch(a); m != nil && m[2] != m[3] && m[2] != "0" {
		list = append(list, m[1]+`\frac{`+m[3]+"}{"+m[2]+"}", m[1]+m[2]+m[3], m[1]+`\frac{`+m[2]+"1}{"+m[3]+"}")
	}
	if operator.MatchString(a) {
		other := map[string]string{"+": "-", "-": "+"}
		at := operator.FindStringSubmatchIndex(a)
		list = append(list, a[:at[4]]+other[a[at[4]:at[5]]]+a[at[5]:])
	}
	if strings.Contains(a, `\pi`) {
		list = append(list, strings.ReplaceAll(a, `\pi`, `\cdot 3`))
	}
	return list
}

// TestMutations: what all answers of MATH are equal to, and what they are not.
func TestMutations(t *testing.T) {
	same, different := 0, 0
	for _, a := range mathAnswers(t) {
		for _, b := range rewrites(a) {
			if same++; Grade(`</think>\boxed{`+b+`}`, a).Verdict != reward.Correct {
				t.Errorf("%s is not %s", b, a)
			}
		}
		for _, b := range nearMisses(a) {
			if different++; Grade(`</think>\boxed{`+b+`}`, a).Verdict == reward.Correct {
				t.Errorf("%s is %s", b, a)
			}
		}
	}
	t.Logf("%d rewritten, %d near misses", same, different)
}
