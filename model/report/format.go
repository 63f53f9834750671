package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// number is the shortest form of a setting.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// axis is the form of a tick: as many decimals as it needs, at most three digits of them.
func axis(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

func tenth(v float64) string      { return fixed(v, 1) }
func hundredth(v float64) string  { return fixed(v, 2) }
func thousandth(v float64) string { return fixed(v, 3) }

// signed is a difference.
func signed(v float64) string {
	if s := tenth(v); v < 0 || s == "0.0" {
		return s
	}
	return "+" + tenth(v)
}

// fixed rounds to a number of decimals, without a negative zero.
func fixed(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

// whole rounds to an integer and sets commas between thousands.
func whole(v float64) string {
	s := strconv.FormatFloat(math.Round(math.Abs(v)), 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if v <= -0.5 {
		s = "-" + s
	}
	return s
}

// seconds keeps a decimal where there are few.
func seconds(v float64) string {
	if math.Abs(v) < 100 {
		return tenth(v)
	}
	return whole(v)
}

// duration is a number of seconds in the two largest units that it has.
func duration(v float64) string {
	s := int64(math.Round(v))
	switch {
	case v < 60:
		return tenth(v) + " s"
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	}
	return fmt.Sprintf("%d h %d min", s/3600, s%3600/60)
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// shown is a number as the page prints it: a text, and where it leads.
type shown struct{ Text, Href string }

// show returns a template function that prints a number; an unknown one is a dash.
func show(format func(float64) string, factor float64) func(Number) shown {
	return func(n Number) shown {
		if !n.Known() {
			return shown{}
		}
		return shown{format(factor * n.Value), "#" + n.Source}
	}
}
