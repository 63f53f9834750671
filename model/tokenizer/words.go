package tokenizer

import (
	"strings"
	"unicode/utf8"
)

// The patterns that most tokenizer.json files cut words by are written out as
// functions, which is several times as fast as package pattern; tests compare
// them with it and with another engine. All of them match at every position of
// every text.
const (
	gpt2Pattern = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	qwenPattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	cl100k      = `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`
	llama3      = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
)

var patterns = map[string]func(string) int{
	gpt2Pattern: nextGPT2,
	qwenPattern: func(text string) int { return nextGPT4(text, 1) },
	llama3:      func(text string) int { return nextGPT4(text, 3) },
	cl100k:      func(text string) int { return nextGPT4(text, 3) }, // llama3 in another spelling
}

// nextGPT2 matches gpt2Pattern.
func nextGPT2(text string) int {
	if n := contraction(text, false); n > 0 {
		return n
	}
	class, size := classAt(text, 0)
	if text[0] == ' ' && len(text) > 1 { // a space goes with what follows it, unless that is white space
		if following, _ := classAt(text, 1); following != space {
			class, size = following, 1
		}
	}
	if class == space {
		return whiteSpace(text, skip(text, size, space))
	}
	return skip(text, size, class)
}

// nextGPT4 matches qwenPattern and its relatives, which differ in how many
// numerals go together. GPT-4's vocabulary had this pattern first.
func nextGPT4(text string, numerals int) int {
	if n := contraction(text, true); n > 0 {
		return n
	}
	class, size := classAt(text, 0)
	if class == letter {
		return skip(text, size, letter)
	}
	if class == number {
		end := size
		for taken := 1; taken < numerals && end < len(text); taken++ {
			c, n := classAt(text, end)
			if c != number {
				break
			}
			end += n
		}
		return end
	}
	following := space // the class of the second character; at the end of the text nothing follows
	if size < len(text) {
		following, _ = classAt(text, size)
	}
	switch {
	case following == letter && text[0] != '\r' && text[0] != '\n':
		return skip(text, size, letter)
	case class == other || text[0] == ' ' && following == other:
		end := skip(text, size, other)
		for end < len(text) && (text[end] == '\r' || text[end] == '\n') {
			end++
		}
		return end
	}
	end := skip(text, size, space)
	if newline := strings.LastIndexAny(text[:end], "\r\n"); newline >= 0 {
		return newline + 1
	}
	return whiteSpace(text, end)
}

// whiteSpace matches \s+(?!\S)|\s+ where white space runs from 0 to end: its
// last character is left for what follows, unless it is all there is.
func whiteSpace(text string, end int) int {
	if end == len(text) {
		return end
	}
	if _, last := utf8.DecodeLastRuneInString(text[:end]); last < end {
		return end - last
	}
	return end
}

// contraction returns the length of 's, 't, 're, 've, 'm, 'll or 'd at the
// beginning of text, or 0. Where case does not count, U+017F, the long s, is an s.
func contraction(text string, anyCase bool) int {
	if len(text) < 2 || text[0] != '\'' {
		return 0
	}
	lower := func(i int) byte {
		if i < len(text) && anyCase && 'A' <= text[i] && text[i] <= 'Z' {
			return text[i] + 'a' - 'A'
		} else if i < len(text) {
			return text[i]
		}
		return 0
	}
	switch first, second := lower(1), lower(2); {
	case first == 's' || first == 't' || first == 'm' || first == 'd':
		return 2
	case first == 'r' && second == 'e' || first == 'v' && second == 'e' || first == 'l' && second == 'l':
		return 3
	case anyCase && strings.HasPrefix(text[1:], "ſ"):
		return 1 + len("ſ")
	}
	return 0
}

// nextNumeral cuts every numeral off by itself; nextNumber cuts numbers from what is between them.
func nextNumeral(text string) int {
	if class, size := classAt(text, 0); class == number {
		return size
	}
	return nextNumber(text)
}

func nextNumber(text string) int {
	class, size := classAt(text, 0)
	for size < len(text) {
		c, n := classAt(text, size)
		if (c == number) != (class == number) {
			break
		}
		size += n
	}
	return size
}

// marksBeginTokens tells whether no merge makes a token in which the mark of a
// space comes after something else. Then nothing is merged across the beginning
// of a word, and a text can be cut there before merging, so that words come from
// the cache: without that the whole text is one word.
func marksBeginTokens(merges [][2]string) bool {
	for _, merge := range merges {
		left := strings.TrimLeft(merge[0], metaspace)
		if strings.Contains(left, metaspace) || left != "" && strings.Contains(merge[1], metaspace) ||
			strings.Contains(strings.TrimLeft(merge[1], metaspace), metaspace) {
			return false
		}
	}
	return true
}

// nextMarked cuts before each mark that follows something else.
func nextMarked(text string) int {
	begin := len(text) - len(strings.TrimLeft(text, metaspace))
	if end := strings.Index(text[begin:], metaspace); end >= 0 {
		return begin + end
	}
	return len(text)
}
