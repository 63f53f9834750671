// Package spelling finds the word that somebody meant, for errors about names
// that do not exist.
package spelling

import "fmt"

// Nearest is the valid word that is nearest to word, the first of several, or ""
// where none is near enough to be what was meant: a letter in three may be
// wrong, missing, too many, or in its neighbour's place.
func Nearest(word string, valid []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, v := range valid {
		if d := distance(word, v); d < least {
			best, least = v, d
		}
	}
	return best
}

// DidYouMean is "did you mean NAME? " with the nearest valid word, "" where there is none.
func DidYouMean(word string, valid []string) string {
	if near := Nearest(word, valid); near != "" {
		return fmt.Sprintf("did you mean %s? ", near)
	}
	return ""
}

// distance is the number of letters to change, add, drop or swap with their
// neighbour that turns a into b.
func distance(a, b string) int {
	// The rows of the table of distances between beginnings of a and of b.
	before, row := []int{}, make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			change := row[j]
			if a[i] != b[j] {
				change++
			}
			next[j+1] = min(change, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
