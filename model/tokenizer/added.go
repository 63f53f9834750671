package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// addedToken is a token that is found in a text before the text is cut into
// words, as tokenizer.json describes it.
type addedToken struct {
	ID      int32  `json:"id"`
	Content string `json:"content"`
	// SingleWord refuses a place within a word.
	SingleWord bool `json:"single_word"`
	// LStrip and RStrip take the white space on that side into the token.
	LStrip bool `json:"lstrip"`
	RStrip bool `json:"rstrip"`
	// Normalized looks for the token, itself normalized, in normalized text.
	Normalized bool `json:"normalized"`
	// Special marks tokens that are no text. It changes nothing here.
	Special bool `json:"special"`
}

// addedTokens finds tokens by a trie over their bytes.
type addedTokens struct {
	tokens []addedToken
	// nodes[0] is the root. first is its children, so that most bytes of a text
	// cost one look.
	nodes []trieNode
	first [256]int32
}

type trieNode struct {
	children map[byte]int32
	token    int // index of the token that ends here, or -1
}

// newAddedTokens looks for each token as search gives its text, not at all where that is empty. Of two tokens
// that are looked for alike the first counts.
func newAddedTokens(tokens []addedToken, search func(addedToken) string) *addedTokens {
	a := &addedTokens{tokens: tokens, nodes: []trieNode{{token: -1}}}
	for i, token := range tokens {
		content := search(token)
		if content == "" {
			continue
		}
		at := int32(0)
		for _, b := range []byte(content) {
			child, ok := a.nodes[at].children[b]
			if !ok {
				child = int32(len(a.nodes))
				a.nodes = append(a.nodes, trieNode{token: -1})
				if a.nodes[at].children == nil {
					a.nodes[at].children = map[byte]int32{}
				}
				a.nodes[at].children[b] = child
			}
			at = child
		}
		if a.nodes[at].token < 0 {
			a.nodes[at].token = i
		}
	}
	for b, child := range a.nodes[0].children {
		a.first[b] = child
	}
	return a
}

func (a *addedTokens) id(content string) (int32, bool) {
	for _, token := range a.tokens {
		if token.Content == content {
			return token.ID, true
		}
	}
	return NoToken, false
}

// find returns the leftmost place from position from on where a token matches,
// and the longest token there.
func (a *addedTokens) find(text string, from int) (start, end int, token *addedToken) {
	for start = from; start < len(text); start++ {
		for at, i := a.first[text[start]], start+1; at != 0; i++ {
			if match := a.nodes[at].token; match >= 0 {
				end, token = i, &a.tokens[match]
			}
			if i == len(text) {
				break
			}
			at = a.nodes[at].children[text[i]] // 0, the root, if there is none
		}
		if token != nil {
			return start, end, token
		}
	}
	return 0, 0, nil
}

// split divides text into added tokens and what is between them: it calls yield
// with the ID of each token and with each part and NoToken. A match that
// single_word refuses is not tried again from within, as in the reference.
func (a *addedTokens) split(text string, yield func(part string, id int32)) {
	done := 0
	for from := 0; len(a.tokens) > 0; {
		start, end, token := a.find(text, from)
		if token == nil {
			break
		}
		from = end
		if token.SingleWord && (endsInWord(text[:start]) || beginsInWord(text[end:])) {
			continue
		}
		if token.LStrip {
			start = max(len(strings.TrimRightFunc(text[:start], unicode.IsSpace)), done)
		}
		if token.RStrip {
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		if done < start {
			yield(text[done:start], NoToken)
		}
		yield("", token.ID)
		done = end
	}
	if done < len(text) {
		yield(text[done:], NoToken)
	}
}

func endsInWord(text string) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	return size > 0 && isWordCharacter(r)
}

func beginsInWord(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size > 0 && isWordCharacter(r)
}
