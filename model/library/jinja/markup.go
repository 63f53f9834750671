package jinja

import "strings"

// markup is a string that counts as escaped (Markup of MarkupSafe): what is
// added to it is escaped first. Templates make it with the filters safe and
// escape; where it is not added to, it is like any string.
type markup string

// plain returns a value with markup as a string.
func plain(v any) any {
	if m, ok := v.(markup); ok {
		return string(m)
	}
	return v
}

// asString returns a string, marked up or not.
func asString(v any) (string, bool) {
	s, ok := plain(v).(string)
	return s, ok
}

func isMarkup(v any) bool {
	_, ok := v.(markup)
	return ok
}

// like returns s as markup if v is.
func like(v any, s string) any {
	if isMarkup(v) {
		return markup(s)
	}
	return s
}

// escaped returns the text of v with what has a meaning in HTML replaced, unless v is markup.
func escaped(v any, text string) string {
	if isMarkup(v) {
		return text
	}
	return escapeHTML(text)
}

func escapeHTML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&#34;").Replace(s)
}

func safeFilter(r *run, v any, a arguments) any {
	a.bind("safe")
	return markup(r.made(r.str(v)))
}

func escapeFilter(r *run, v any, a arguments) any {
	a.bind("escape")
	return markup(r.made(escaped(v, r.str(v))))
}

// markupMethod is a method of markup: what comes into the string is escaped, and what comes of it is markup.
func markupMethod(m markup, name string) (any, bool) {
	do, ok := stringMethods[name]
	if !ok {
		return nil, false
	}
	return method(name, func(r *run, a arguments) any {
		r.spendBytes(len(m))
		switch {
		case name == "join":
			var parts []any
			for _, item := range r.items(a.bind(name, "iterable")[0]) {
				parts = append(parts, escaped(item, r.str(item)))
			}
			a = arguments{positional: []any{&List{Items: parts}}}
		case name == "replace" && len(a.positional) > 1:
			a.positional = append([]any{}, a.positional...)
			a.positional[1] = escaped(a.positional[1], text(a.positional[1]))
		}
		switch made := do(r, string(m), a).(type) {
		case string:
			return markup(made)
		case *List:
			for i, item := range made.Items {
				if s, ok := item.(string); ok {
					made.Items[i] = markup(s)
				}
			}
			return made
		default:
			return made
		}
	})
}
