package chat

import (
	"fmt"
	"strings"
	"time"
)

// strftime formats a date as Python's datetime.strftime does. A - after the %
// leaves out the leading zero or space.
func strftime(date time.Time, format string) (string, error) {
	var out strings.Builder
	for format != "" {
		before, rest, found := strings.Cut(format, "%")
		out.WriteString(before)
		if !found {
			break
		}
		bare := strings.HasPrefix(rest, "-")
		rest = strings.TrimPrefix(rest, "-")
		if rest == "" {
			return "", fmt.Errorf("strftime_now: the format %q ends with %%", format)
		}
		text, ok := dateField(date, rest[0])
		if !ok {
			return "", fmt.Errorf("strftime_now: %%%c is not supported; valid: a A b B c d D e f F H I j m M p S T u w x X y Y z Z %%", rest[0])
		}
		if bare && len(text) > 1 {
			text = strings.TrimLeft(text[:len(text)-1], "0 ") + text[len(text)-1:]
		}
		out.WriteString(text)
		format = rest[1:]
	}
	return out.String(), nil
}

// dateLayouts are Go's layouts for what one letter of strftime stands for.
var dateLayouts = map[byte]string{
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'c': "Mon Jan _2 15:04:05 2006", 'd': "02", 'D': "01/02/06",
	'e': "_2", 'F': "2006-01-02", 'H': "15", 'I': "03", 'j': "002", 'm': "01", 'M': "04", 'p': "PM", 'S': "05", 'T': "15:04:05",
	'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'Y': "2006",
}

func dateField(date time.Time, letter byte) (string, bool) {
	switch letter {
	case '%':
		return "%", true
	case 'f':
		return fmt.Sprintf("%06d", date.Nanosecond()/1000), true
	case 'w':
		return fmt.Sprint(int(date.Weekday())), true
	case 'u':
		return fmt.Sprint((int(date.Weekday())+6)%7 + 1), true
	case 'z', 'Z': // the date of the reference has no time zone
		return "", true
	}
	layout, ok := dateLayouts[letter]
	return date.Format(layout), ok
}
