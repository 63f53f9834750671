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
	numeric3   = regexp.MustCompile(`^(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4})$`)
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
		first, second := number(m[1]), number(m[3])
		d = day{year: number(m[4]), month: first, day: second, numbers: strconv.Itoa(first) + "/" + strconv.Itoa(second) + "/" + m[4], onlyNumbers: true}
		if first > 12 || m[2] == "." {
			d.month, d.day = second, first
		}
	}
	return d, d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31
}

func monthOf(name string) int { return strings.Index(months, name[:3])/3 + 1 }

var textMarks = strings.NewReplacer(`\text`, "", `\ `, " ", `\,`, " ", "~", " ", "{", "", "}", "", "$", "")
