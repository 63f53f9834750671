package math

import (
	"regexp"
	"strconv"
	"strings"
)

// day is a day of the calendar; what is not said is 0.
type day struct {
	year, month, day int
	// numbers are those of 3/4/2020, of which month and day may be either.
	numbers     string
	onlyNumbers bool // no month is named
}

const monthName = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`

var (
	monthFirst = regexp.MustCompile(`^(?:[a-z]+day,? )?` + monthName + ` (?:the )?(\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?$`)
	dayFirst   = regexp.MustCompile(`^(?:[a-z]+day,? )?(?:the )?(\d{1,2})(?:st|nd|rd|th)? (?:of )?` + monthName + `(?:,? (\d{4}))?$`)
	numeric3   = regexp.MustCompile(`^(\d{1,2})(?:([/.-])(\d{1,2})[/.-](\d{4})|(/)(\d{1,2})/(\d{2}))$`)
	iso        = regexp.MustCompile(`^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$`)
	months     = "janfebmaraprmayjunjulaugsepoctnovdec"
)

// sameDay compares two dates. A date in numbers is no quotient or difference, as 3/4/2020
// would be; beside it, it decides that all others differ.
func sameDay(a, g string) (equal, decided bool) {
	x, okX := dayOf(a)
	y, okY := dayOf(g)
	switch {
	case !okX && !okY, !(okX && okY) && !x.onlyNumbers && !y.onlyNumbers:
		return false, false
	case x.numbers != "" && y.numbers != "":
		return x.numbers == y.numbers, true
	}
	x.numbers, y.numbers, x.onlyNumbers, y.onlyNumbers = "", "", false, false
	return okX && okY && x == y, true
}

func dayOf(s string) (day, bool) {
	if len(s) > 60 || !strings.ContainsAny(s, "0123456789") {
		return day{}, false
	}
	s = strings.ToLower(strings.Join(strings.Fields(textMarks.Replace(textGroup.ReplaceAllString(s, "$1"))), " "))
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	var d day
	if m := monthFirst.FindStringSubmatch(s); m != nil {
		d = day{year: number(m[3]), month: monthOf(m[1]), day: number(m[2])}
	} else if m := dayFirst.FindStringSubmatch(s); m != nil {
		d = day{year: number(m[3]), month: monthOf(m[2]), day: number(m[1])}
	} else if m := iso.FindStringSubmatch(s); m != nil {
		d = day{year: number(m[1]), month: number(m[2]), day: number(m[3]), onlyNumbers: true}
	} else if m := numeric3.FindStringSubmatch(s); m != nil {
		sign, middle, year := m[2]+m[5], m[3]+m[6], m[4]+m[7]
		first, second := number(m[1]), number(middle)
		d = day{year: number(year), month: first, day: second, numbers: strconv.Itoa(first) + "/" + strconv.Itoa(second) + "/" + year, onlyNumbers: true}
		if first > 12 || sign == "." {
			d.month, d.day = second, first
		}
	}
	return d, d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31
}

func monthOf(name string) int { return strings.Index(months, name[:3])/3 + 1 }

var textMarks = strings.NewReplacer(`\text`, "", `\ `, " ", `\,`, " ", "~", " ", "{", "", "}", "", "$", "")
