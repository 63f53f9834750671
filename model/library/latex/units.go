package latex

import "strings"

// qualifiers are words that change what is said of the number before them.
var qualifiers = set("more less fewer least most not greater than half quarter if for when where except or no below above between unless to and plus minus")

// powers are words that change the number right before them.
var powers = set("squared cubed factorial percent")

// isNote says whether words may stand after a value that they leave as it is, or say more of.
func isNote(text string) bool {
	if first, _, _ := strings.Cut(strings.ToLower(text), " "); powers[first] {
		return false // 5 squared, while 5 feet squared is an area
	}
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		if qualifiers[w] || multipliers[w] != nil || startsWithDigit(w) {
			return false
		}
	}
	return true
}
