package latex

import "strings"

// coins are the commands for signs of money.
var coins = map[string]string{`\pounds`: "£", `\textsterling`: "£", `\euro`: "€", `\texteuro`: "€", `\yen`: "¥", `\textyen`: "¥", `\cent`: "cent", `\textcent`: "cent", `\dollar`: "$", `\textdollar`: "$"}

// moneyCodes are the words that may stand before an amount of money.
var moneyCodes = set("USD EUR GBP CAD AUD JPY CNY RMB INR Rs CHF HKD NZD SGD KRW RUB BRL MXN ZAR PHP THB VND IDR MYR TRY PLN")

// money emits the sign of a currency: before an amount, or as a unit after it.
func (l *lexer) money(unit string, size int) {
	if next := strings.TrimLeft(l.rest[size:], " ~-"); l.afterValue() && !startsWithDigit(next) {
		l.emit(words, unit, size)
		return
	}
	l.emit(currency, unit, size)
}

// code emits the name of a currency before an amount; false if none stands there.
func (l *lexer) code(name string, size int) bool {
	next := strings.TrimLeft(l.rest[size:], ". ~")
	if !moneyCodes[name] || !startsWithDigit(next) || l.last().kind == number {
		return false
	}
	l.emit(currency, symbols[name], len(l.rest)-len(next))
	return true
}
