package chat

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const data = "../../../../shared/data"

// golden is a row of the chat template goldens.
type golden struct {
	Name, Template      string
	Messages            []Message
	Tools               json.RawMessage
	AddGenerationPrompt bool `json:"add_generation_prompt"`
	Text                string
}

func goldens(t testing.TB) []golden {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "tokenizer_goldens/chat_template.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared is absent")
	}
	if err != nil {
		t.Fatal(err)
	}
	var rows []golden
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row golden
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

func qwen(t testing.TB, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "tokenizer/qwen2.5", file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestGoldens: the texts that transformers renders.
func TestGoldens(t *testing.T) {
	rows := goldens(t)
	templates := map[string]*Template{}
	for _, name := range []string{"instruct", "math"} {
		template, err := Load(map[string][]byte{"chat_template.jinja": qwen(t, "chat_template_"+name+".jinja"), "tokenizer_config.json": qwen(t, "tokenizer_config.json")})
		if err != nil {
			t.Fatal(err)
		}
		templates[name] = template
	}
	inConfig, err := Load(map[string][]byte{"tokenizer_config.json": qwen(t, "tokenizer_config.json")})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		got, err := templates[row.Template].Render(row.Messages, row.Tools, row.AddGenerationPrompt)
		if err != nil || got != row.Text {
			t.Errorf("%s, %s: %v\n got %q\nwant %q", row.Template, row.Name, err, got, row.Text)
		}
		if row.Template == "instruct" {
			if got, err := inConfig.Render(row.Messages, row.Tools, row.AddGenerationPrompt); err != nil || got != row.Text {
				t.Errorf("tokenizer_config.json, %s: %v, %q", row.Name, err, got)
			}
		}
	}
}

func TestLoad(t *testing.T) {
	const two = `{"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": null, "chat_template": [
		{"name": "tool_use", "template": "T{{ tools|tojson }}"}, {"name": "default", "template": "D{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"}]}`
	for _, test := range []struct {
		files map[string]string
		tools string
		want  string
	}{
		{map[string]string{"tokenizer_config.json": `{"chat_template": "{{ messages[0]|tojson }}{{ bos_token is defined }}"}`}, "", `{"role": "user", "content": "h\"i <b>"}False`},
		{map[string]string{"tokenizer_config.json": two}, "", `D<s>h"i <b>`},
		{map[string]string{"tokenizer_config.json": two}, "null", `D<s>h"i <b>`},
		{map[string]string{"tokenizer_config.json": two}, `[{"b":1,"a":"é<"}]`, `T[{"b": 1, "a": "é<"}]`},
		{map[string]string{"tokenizer_config.json": two, "chat_template.jinja": "J{{ eos_token }}", "special_tokens_map.json": `{"eos_token": "</s>"}`}, "", `J</s>`},
		{map[string]string{"tokenizer_config.json": `{"added_tokens_decoder": {}, "eos_token": null}`, "chat_template.jinja": "J{{ eos_token }}", "special_tokens_map.json": `{"eos_token": "</s>"}`}, "", `J`},
		{map[string]string{"chat_template.jinja": "{{ messages|length }}{{ add_generation_prompt }}{{ tools is none }}"}, "", `1TrueTrue`},
	} {
		template, err := Load(files(test.files))
		if err != nil {
			t.Errorf("%v: %v", test.files, err)
			continue
		}
		var tools json.RawMessage
		if test.tools != "" {
			tools = json.RawMessage(test.tools)
		}
		if got, err := template.Render(Conversation("", "h\"i <b>"), tools, true); err != nil || got != test.want {
			t.Errorf("%v: %v, %q, want %q", test.files, err, got, test.want)
		}
	}
}

func files(texts map[string]string) map[string][]byte {
	files := map[string][]byte{}
	for name, text := range texts {
		files[name] = []byte(text)
	}
	return files
}

func TestConversation(t *testing.T) {
	template, err := Parse("{% for m in messages %}{{ m.role }}: {{ m.content }}|{% endfor %}", nil)
	if err != nil {
		t.Fatal(err)
	}
	for system, want := range map[string]string{"": "user: a<b>&é\u2028|", "Be brief.": "system: Be brief.|user: a<b>&é\u2028|"} {
		if got, err := template.Render(Conversation(system, "a<b>&é\u2028"), nil, true); err != nil || got != want {
			t.Errorf("%q: %v, %q, want %q", system, err, got, want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, test := range []struct{ config, want string }{
		{`{}`, ErrNoTemplate.Error()},
		{`{"chat_template": null}`, ErrNoTemplate.Error()},
		{`{`, "tokenizer_config.json: it is truncated: the JSON goes on after byte 1, the last"},
		{`{"chat_template": 1}`, "tokenizer_config.json: chat_template: valid are a string and a list of objects with name and template: it is a number; valid: an array"},
		{`{"chat_template": []}`, `tokenizer_config.json: none of the 0 templates in chat_template is called "default"`},
		{`{"chat_template": "a\n{% if %}"}`, "tokenizer_config.json: parse chat template: line 2: expected an expression, got end of statement block"},
		{`{"chat_template": "a", "bos_token": 1}`, "tokenizer_config.json: bos_token: valid are a string, and an object with content"},
	} {
		_, err := Load(map[string][]byte{"tokenizer_config.json": []byte(test.config)})
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", test.config, err, test.want)
		}
	}
	if _, err := Load(nil); !errors.Is(err, ErrNoTemplate) {
		t.Error(err)
	}
}

func TestRenderRefuses(t *testing.T) {
	for _, test := range []struct{ template, messages, tools, want string }{
		{"{{ raise_exception('no system') }}", `[]`, ``, "render chat template: line 1: no system"},
		{"\n{{ strftime_now('%d %b %Y') }}", `[]`, ``, "render chat template: line 2: the template asks for today's date"},
		{"{% for m in messages %}{{ 'x' + m.content }}{% endfor %}", `[{"role": "user", "content": null}]`, ``, `render chat template: line 1: can only concatenate str (not "NoneType") to str`},
		{"", `[1]`, ``, "render chat: messages[0] is no JSON object"},
		{"", `[{}]`, `{}`, "render chat: tools is no JSON array"},
		{"", `[{}]`, `[`, "render chat: tools: unexpected EOF"},
	} {
		template, err := Parse(test.template, nil)
		if err != nil {
			t.Fatal(err)
		}
		var messages []Message
		if err := json.Unmarshal([]byte(test.messages), &messages); err != nil {
			t.Fatal(err)
		}
		_, err = template.Render(messages, json.RawMessage(test.tools), false)
		if test.tools == "" {
			_, err = template.Render(messages, nil, false)
		}
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.template, err, test.want)
		}
	}
}

// Conversations come from files of users: rendering ends, without a panic.
func FuzzRender(f *testing.F) {
	f.Add(`{"role": "user", "content": "a"}`, `[{"function": {}}]`)
	f.Add(`{"role": "assistant", "content": null, "tool_calls": [{"name": 1e999}]}`, `null`)
	source := `{% for m in messages %}{{ m.role + m.content }}{{ m.tool_calls|tojson }}{{ m }}{% endfor %}{{ tools|tojson(indent=1) }}`
	template, err := Parse(source, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, message, tools string) {
		if _, err := template.Render([]Message{Message(message)}, json.RawMessage(tools), true); err != nil && strings.Contains(err.Error(), "internal error") {
			t.Fatal(err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	rows := goldens(b)
	template, err := Parse(string(qwen(b, "chat_template_instruct.jinja")), nil)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		row := rows[i%len(rows)]
		if _, err := template.Render(row.Messages, row.Tools, true); err != nil {
			b.Fatal(err)
		}
	}
}
