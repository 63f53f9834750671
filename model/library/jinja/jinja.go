// Package jinja renders Jinja2 templates as the chat templates of language
// models use them, with the values and the operators of Python. What no chat
// template uses of Jinja is an error: {% call %}, {% with %}, recursive loops,
// formats with %, **, most filters for web pages.
//
// The environment is that of Hugging Face: trim_blocks, lstrip_blocks, no
// autoescaping, loop controls, {% generation %}, tojson without any escaping of
// HTML or of other scripts, and a sandbox in which nothing can be changed but
// namespaces. A template has no loader, no clock and no randomness. What it may
// compute is bounded, so that no template can run on or fill the memory.
//
// None and undefined are different values, 1 + 'a' is an error, and dicts keep
// their order: where Jinja2 raises an exception, rendering ends with an error.
package jinja

import (
	"fmt"
	"strings"
)

// Template is a parsed template. It is safe for concurrent use.
type Template struct {
	body []statement
}

// Error is a fault of a template, or one that it found in its input.
type Error struct {
	// Line of the template, from 1.
	Line    int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, oneLine(e.Message)) }

// oneLine keeps an error on one line, whatever a template says in it.
func oneLine(text string) string {
	return strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(text)
}

// Parse reads the source of a template.
func Parse(source string) (t *Template, err error) {
	p := &parser{}
	defer func() {
		if fault := recover(); fault != nil {
			err = faultError(fault, p.line())
		}
	}()
	p.tokens = lex(source)
	t = &Template{body: p.body(nil)}
	return t, nil
}

// Render renders the template. The values of vars are those of this package
// (see Decode), or nil, bool, int64, float64 and string; funcs can be called with
// one argument, and give a string or the error that the rendering ends with.
func (t *Template) Render(vars map[string]any, funcs map[string]func(argument string) (string, error)) (text string, err error) {
	r := &run{line: 1, out: &strings.Builder{}, work: maxWork, bytes: maxBytes}
	defer func() {
		if fault := recover(); fault != nil {
			err = faultError(fault, r.line)
		}
	}()
	globals := newScope(nil)
	for name, value := range builtins {
		globals.vars[name] = value
	}
	for name, f := range funcs {
		globals.vars[name] = callable(name, f)
	}
	context := newScope(globals)
	for name, value := range vars {
		context.vars[name] = value
		size := inputSize(value)
		r.work += inputTimes * size
		r.bytes += inputTimes * size
	}
	r.scope = newScope(context)
	r.execute(t.body)
	return r.out.String(), nil
}

// callable makes a function of one string callable in templates. Its error ends the rendering.
func callable(name string, f func(argument string) (string, error)) *function {
	return &function{name: name, call: func(r *run, a arguments) any {
		text, err := f(r.str(a.bind(name, "argument")[0]))
		if err != nil {
			fail("%s", err)
		}
		return r.made(text)
	}}
}

// fault is what the parser and the renderer panic with, to be recovered in Parse and Render.
type fault struct {
	line    int // 0: where the renderer stands
	message string
}

func fail(format string, args ...any) {
	panic(fault{message: fmt.Sprintf(format, args...)})
}

func failAt(line int, format string, args ...any) {
	panic(fault{line: line, message: fmt.Sprintf(format, args...)})
}

// faultError turns what was recovered into an error. A panic that is not a
// fault is a mistake of this package; a template must not end the program.
func faultError(recovered any, line int) error {
	f, ok := recovered.(fault)
	if !ok {
		return &Error{Line: line, Message: fmt.Sprintf("internal error: %v", recovered)}
	}
	if f.line > 0 {
		line = f.line
	}
	return &Error{Line: line, Message: f.message}
}
