package curation

import (
	"regexp"
	"strings"
)

var (
	proofAsked = regexp.MustCompile(`(?i)(?:^|[.!?:;,)]\s+|\n\s*|\bthen\s+|\band\s+|\bto\s+)(?:\W*)(?:(?:prove|disprove|derive|deduce)\b|(?:show|demonstrate|verify|establish|check|argue)(?:,? (?:that|this|the|it|there|for|your|or disprove|by)\b)|explain why|justify (?:your|the|this)\b)|\b(?:with|give|by) (?:a )?(?:rigorous |formal )?proof\b|\bby (?:mathematical )?induction\b`)
	valueAsked = regexp.MustCompile(`(?i)\b(?:find|compute|calculate|determine|evaluate|what (?:is|are|was|fraction|percent)|how (?:many|much|long|far|old|often)|solve|express|simplify|give)\b`)
)

// proof finds the words that ask for a proof, where no value is asked for after them.
func proof(question string) string {
	at := proofAsked.FindStringIndex(question)
	if at == nil || valueAsked.MatchString(strings.ReplaceAll(question[at[1]:], "give a proof", "")) {
		return ""
	}
	return strings.TrimSpace(question[at[0]:at[1]])
}
