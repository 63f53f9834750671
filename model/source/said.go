package source

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"temper/model/dataset"
	"temper/model/library/jsonl"
)

// keep gives a problem what rules of curation read of its row.
func (f Frame) keep(p *dataset.Problem, golden, released, url string) {
	if f.Said.Golden && strings.TrimSpace(golden) != "" {
		p.Golden = golden
	}
	if f.Said.Released {
		p.Released = released
	}
	if f.Said.URL {
		p.URL = strings.TrimSpace(url)
	}
}

// days are the forms in which data sets write a day; what follows one in a text, such as the time, is no part of it.
var days = []struct {
	form   *regexp.Regexp
	layout string
}{
	{regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`), time.DateOnly},
	{regexp.MustCompile(`^\d{4}/\d{1,2}/\d{1,2}`), "2006/1/2"},
	{regexp.MustCompile(`^[A-Z][a-z]{2} \d{1,2}, \d{4}`), "Jan 2, 2006"},
	{regexp.MustCompile(`^[A-Z][a-z]{2,8} \d{1,2}, \d{4}`), "January 2, 2006"},
	{regexp.MustCompile(`^\d{1,2} [A-Z][a-z]{2} \d{4}`), "2 Jan 2006"},
	{regexp.MustCompile(`^\d{1,2} [A-Z][a-z]{2,8} \d{4}`), "2 January 2006"},
}

// dayOf is a day as 2024-08-01 of what a row has as one: a day in one of several forms, with or without a time
// after it, or seconds since 1970. "" is "".
func dayOf(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	for _, d := range days {
		if day, err := time.Parse(d.layout, d.form.FindString(text)); err == nil {
			return day.Format(time.DateOnly), nil
		}
	}
	if secondsSince.MatchString(text) {
		var n float64
		if _, err := fmt.Sscan(text, &n); err == nil {
			return time.Unix(int64(n), 0).UTC().Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("it is %q, and no day: want a form as 2024-08-01 or Aug 1, 2024, or seconds since 1970", text)
}

// secondsSince are seconds of 2001 and later.
var secondsSince = regexp.MustCompile(`^\d{10}(\.\d+)?$`)

// said reads what rules of curation ask for of a row by its fields. What a row lacks is no fault.
func (m rowMap) said(p *dataset.Problem, row jsonl.Object) error {
	values := map[string]string{}
	for path, wanted := range map[string]bool{m.Golden: m.frame.Said.Golden, m.Released: m.frame.Said.Released, m.URL: m.frame.Said.URL} {
		if path == "" || !wanted {
			continue
		}
		value, err := m.value(row, path)
		if err != nil || string(value) == "null" || string(value) == `""` {
			continue
		}
		if values[path], err = textOf(path, value); err != nil {
			return err
		}
	}
	day, err := dayOf(values[m.Released])
	if err != nil {
		return fmt.Errorf("field %q: %w", m.Released, err)
	}
	m.frame.keep(p, inFences(values[m.Golden]), day, values[m.URL])
	return nil
}

// saidOf reads what rules of curation ask for of a row of ours.
func (f Frame) saidOf(p *dataset.Problem, row jsonl.Object) error {
	var values [3]string
	for i, field := range saidFields {
		var err error
		if values[i], err = row.TextOr(field, ""); err != nil {
			return err
		}
	}
	day, err := dayOf(values[1])
	if err != nil {
		return fmt.Errorf("field %q: %w", saidFields[1], err)
	}
	f.keep(p, values[0], day, values[2])
	return nil
}

// saidFields are the names of what saidOf reads.
var saidFields = []string{"golden", "released", "url"}
