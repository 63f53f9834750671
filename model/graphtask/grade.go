package graphtask

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"temper/model/library/graph"
	"temper/model/reward"
	"temper/model/reward/math"
)

// Version names the rules of this package in a verdict's lineage. It changes when a
// verdict may change.
const Version = "graph/1"

// Grade judges the answer of a response, which stands in the last \boxed{} after </think>
// (math.Extract, which bounds its length). The verdict is correct if the answer is right; the score
// is then 1, of a set that is not all right its Jaccard similarity, of anything else 0.
// An answer that is not of the task's form, has a node twice or one that the graph lacks,
// is incorrect with score 0.
func (i Instance) Grade(response string) reward.Result {
	text, err := math.Extract(response)
	if err != nil {
		return reward.Result{Verdict: reward.Incorrect, Reason: err.Error()}
	}
	result := reward.Result{Verdict: reward.Incorrect, Extracted: text}
	answer, err := i.task.form.read(text)
	if err == nil {
		result.Score, err = i.score(answer)
	}
	switch {
	case err != nil:
		result.Reason = err.Error()
	case result.Score == 1:
		result.Verdict, result.Reason = reward.Correct, "it is right"
	default:
		result.Reason = "right is " + i.Answer("")
	}
	return result
}

// score compares a read answer, which is right where the score is 1.
func (i Instance) score(answer []int) (float64, error) {
	switch {
	case i.task.check != nil:
		if err := i.task.check(i, answer); err != nil {
			return 0, err
		}
		return 1, nil
	case i.task.form == set:
		nodes, err := i.graph.CheckNodes(answer)
		if err != nil {
			return 0, err
		}
		return jaccard(nodes, graph.SetOf(i.task.solve(i)...)), nil
	case answer[0] == i.task.solve(i)[0]:
		return 1, nil
	}
	return 0, nil
}

// jaccard is |a∩b|/|a∪b|; two empty sets are equal.
func jaccard(a, b graph.Set) float64 {
	if a == b {
		return 1
	}
	return float64((a & b).Len()) / float64((a | b).Len())
}

// read reads an answer of the form. Its work is linear in the text's length.
func (f form) read(text string) ([]int, error) {
	if inner, ok := strings.CutPrefix(text, `\text{`); ok {
		text = strings.TrimSuffix(inner, "}")
	}
	text = strings.ToLower(strings.TrimSpace(text))
	switch f {
	case yesNo:
		switch text {
		case "yes", "true", "1":
			return []int{1}, nil
		case "no", "false", "0":
			return []int{0}, nil
		}
		return nil, errors.New("the answer is not Yes or No")
	case set:
		if text == "none" {
			return nil, nil
		}
	}
	numbers, err := readNumbers(text)
	switch {
	case err != nil:
		return nil, err
	case f == number && len(numbers) != 1:
		return nil, fmt.Errorf("the answer holds %d numbers and not one", len(numbers))
	case f == edgeList && len(numbers)%2 == 1:
		return nil, fmt.Errorf("the answer holds %d nodes, which are no edges", len(numbers))
	}
	return numbers, nil
}

// maxDigits is the length of the longest number that is read; none that is right is as long.
const maxDigits = 6

// readNumbers reads whole numbers apart by commas, blanks and brackets, and refuses everything else.
func readNumbers(text string) ([]int, error) {
	text = strings.NewReplacer(`\{`, " ", `\}`, " ").Replace(text)
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,[](){}", r) })
	numbers := make([]int, len(words))
	for i, word := range words {
		if strings.Trim(word, "0123456789") != "" || len(word) > maxDigits {
			return nil, fmt.Errorf("the answer holds %q, which is no whole number of up to %d digits", short(word), maxDigits)
		}
		numbers[i], _ = strconv.Atoi(word) // it is digits, and short
	}
	return numbers, nil
}

func short(word string) string {
	const most = 20
	if len(word) > most {
		return strings.ToValidUTF8(word[:most], "") + "…"
	}
	return word
}
