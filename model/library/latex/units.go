package latex

import (
	"cmp"
	"math/big"
	"strings"
)

// units maps the names of units to one form each. Two different forms after equal numbers
// are a difference; a text that is not here is a note, and does not count.
var units = unitTable(`cm:cm,centimeter,centimeters,centimetre,centimetres; mm:mm,millimeter,millimeters; m:m,meter,meters,metre,metres; km:km,kilometer,kilometers,kilometre,kilometres;
	in:in,inch,inches; ft:ft,foot,feet; yd:yd,yard,yards; mi:mi,mile,miles; g:g,gram,grams; kg:kg,kilogram,kilograms,kgs; mg:mg,milligram,milligrams; lb:lb,lbs,pound,pounds; oz:oz,ounce,ounces;
	l:l,liter,liters,litre,litres; ml:ml,milliliter,milliliters; gal:gallon,gallons; s:s,sec,secs,second,seconds; min:min,mins,minute,minutes; h:h,hr,hrs,hour,hours; day:day,days;
	week:week,weeks; month:month,months; year:year,years,yr,yrs; mph:mph,miles per hour,mi/h; km/h:km/h,kph,kmh,kilometers per hour; m/s:m/s,meters per second; m/s^2:m/s^2;
	$:$,dollar,dollars,usd,bucks; cent:cent,cents; euro:euro,euros; yuan:yuan; yen:yen; rad:rad,radian,radians; c:c,celsius; f:f,fahrenheit; k:k,kelvin; n:n,newton,newtons; j:j,joule,joules;
	w:w,watt,watts; v:v,volt,volts; hz:hz,hertz; pa:pa,pascal; mol:mol,moles; am:am; pm:pm`)

func unitTable(s string) map[string]string {
	m := map[string]string{}
	for line := range strings.SplitSeq(s, ";") {
		unit, names, _ := strings.Cut(strings.TrimSpace(line), ":")
		for n := range strings.SplitSeq(names, ",") {
			m[n] = unit
		}
	}
	return m
}

// multipliers are words that multiply the number before them.
var multipliers = map[string]*big.Rat{"hundred": big.NewRat(100, 1), "thousand": big.NewRat(1000, 1), "million": big.NewRat(1e6, 1), "billion": big.NewRat(1e9, 1), "trillion": big.NewRat(1e12, 1), "dozen": big.NewRat(12, 1),
	"halves": big.NewRat(1, 2), "thirds": big.NewRat(1, 3), "fourths": big.NewRat(1, 4), "quarters": big.NewRat(1, 4), "fifths": big.NewRat(1, 5), "sixths": big.NewRat(1, 6), "eighths": big.NewRat(1, 8),
	"tenths": big.NewRat(1, 10), "hundredths": big.NewRat(1, 100), "thousandths": big.NewRat(1, 1000)}

// qualifiers are words that change what is said of the number before them.
var qualifiers = set("more less fewer least most not greater than half quarter if for when where except or no below above between unless to and plus minus times")

// powers are words that change the number right before them.
var powers = set("squared cubed factorial percent")

// UnitOf is the unit that a note names, "" if it names none that is known. Units of area
// and volume end in ^2 and ^3.
func UnitOf(note string) string {
	note = strings.TrimSpace(note)
	if strings.HasPrefix(note, "mod ") {
		return note
	}
	power := ""
	for _, p := range [...][2]string{{"square ", "^2"}, {"sq ", "^2"}, {"cubic ", "^3"}, {"cu ", "^3"}} {
		if strings.HasPrefix(note, p[0]) {
			note, power = note[len(p[0]):], p[1]
		}
	}
	if u, ok := units[note]; ok {
		return u + power
	}
	if over, under, ok := strings.Cut(strings.ReplaceAll(note, " per ", "/"), "/"); ok && power == "" {
		if over, under = UnitOf(over), UnitOf(under); over != "" && under != "" && over != "$" && over != "cent" {
			return cmp.Or(units[over+"/"+under], over+"/"+under)
		}
		return ""
	}
	if base, exponent, ok := strings.Cut(note, "^"); ok && power == "" {
		if u, known := units[strings.TrimSpace(base)]; known {
			return u + "^" + strings.TrimSpace(exponent)
		}
	}
	for _, p := range [...][2]string{{" squared", "^2"}, {" cubed", "^3"}} {
		if base, ok := strings.CutSuffix(note, p[0]); ok && units[base] != "" {
			return units[base] + p[1]
		}
	}
	return ""
}

// multiplier is the number that the first word of a note stands for, and the rest of it.
func multiplier(note string) (*big.Rat, string) {
	first, rest, _ := strings.Cut(note, " ")
	if m := multipliers[first]; m != nil {
		return m, rest
	}
	return nil, note
}

// isNote says whether words after a number may be left out.
func isNote(note string) bool {
	if first, _, _ := strings.Cut(note, " "); powers[first] {
		return false // 5 squared, while 5 feet squared is an area
	}
	for w := range strings.FieldsSeq(note) {
		if qualifiers[w] || multipliers[w] != nil || startsWithDigit(w) {
			return false
		}
	}
	return true
}
