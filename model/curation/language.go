package curation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	// formulas are not text of any language.
	formulas = regexp.MustCompile(`(?s)\$\$.*?\$\$|\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]|\\[a-zA-Z]+`)
	// englishWords stand in nearly every English question of some length.
	englishWords = strings.Fields("the a an of is are in to and what how many find for with that if on by each be it at from there has have let which compute had they his her she after before were some more than when who not this you does did or all")
	// otherWords are as common in Spanish, Portuguese, French, Italian, German and Dutch, and no English words.
	otherWords = strings.Fields("el la los las una que es por para con cual del un o os das uma quantos qual não como le les des est une dans pour et quel quelle combien il lo gli di che sono per quanti der das die und ist ein eine wie viele mit von den het een van hoeveel")
)

// tellingWords ask in other languages, and are no English words: one is enough where no English word stands beside it.
var tellingWords = strings.Fields("calcula calcular calcule calculer calculez calcolare calcola hallar halla halle encuentra encuentre encontrar encontre determina determinar resuelve resolver resolva resolvez " +
	"risolvi risolvere trouver trouvez trova trovare sia siano soit soient sea sean seja sejam demuestra demostrar montrer montrez dimostrare berechne berechnen bestimme bestimmen ermittle löse zeige beweise " +
	"bereken bepaal vind toon oblicz wyznacz rozwiąż udowodnij vypočtěte určete najděte řešte számítsa határozza oldja hesapla bulunuz beräkna bestäm aflați determinați tính tìm")

// nonEnglish finds letters of another script, or more words of other languages than English ones.
func nonEnglish(question string) string {
	text := strings.ToLower(formulas.ReplaceAllString(question, " "))
	var all, foreign int
	for _, r := range text {
		if unicode.IsLetter(r) {
			all++
			if !unicode.Is(unicode.Latin, r) && !unicode.Is(unicode.Greek, r) {
				foreign++
			}
		}
	}
	if foreign*10 > all {
		return fmt.Sprintf("%d of %d letters are not Latin", foreign, all)
	}
	var words, english, other, telling int
	for _, word := range letters.FindAllString(text, -1) {
		if len(word) > 1 && !unicode.IsDigit(rune(word[0])) {
			words++
		}
		switch {
		case slices.Contains(englishWords, word):
			english++
		case slices.Contains(tellingWords, word):
			other, telling = other+1, telling+1
		case slices.Contains(otherWords, word):
			other++
		}
	}
	if telling > 0 && english == 0 {
		return fmt.Sprintf("%d words of another language that ask, no English", telling)
	}
	if other > 1 && other > english {
		return fmt.Sprintf("%d words of other languages, %d English", other, english)
	}
	if words > 7 && english == 0 {
		return fmt.Sprintf("none of %d words is a common English one", words)
	}
	return ""
}
