package chat

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	template, err := Parse("{{ bos_token }}{{ enable_thinking }}{{ documents|tojson }}{{ strftime_now('%d %B %Y') }}", map[string]string{"bos_token": "<s>"})
	if err != nil {
		t.Fatal(err)
	}
	variables := func(names ...string) map[string]json.RawMessage {
		set := map[string]json.RawMessage{}
		for i := 0; i < len(names); i += 2 {
			set[names[i]] = json.RawMessage(names[i+1])
		}
		return set
	}
	date := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		settings Settings
		want     string
	}{
		{Settings{Date: date}, "<s>null04 March 2026"},
		{Settings{variables("enable_thinking", "false"), date}, "<s>Falsenull04 March 2026"},
		{Settings{variables("bos_token", `"<b>"`, "documents", `[{"z":1,"a":2}]`), date}, `<b>[{"z": 1, "a": 2}]04 March 2026`},
	} {
		set, err := template.With(test.settings)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := set.Render(nil, nil, false); err != nil || got != test.want {
			t.Errorf("%v: %v, %q, want %q", test.settings, err, got, test.want)
		}
	}
	if _, err := template.Render(nil, nil, false); err == nil || !strings.Contains(err.Error(), "the template asks for today's date") {
		t.Errorf("settings of another template stay: %v", err)
	}
	for want, set := range map[string]map[string]json.RawMessage{
		`template variable "tools": valid are names other than messages, tools, add_generation_prompt, which come from the conversation`: variables("tools", "[]"),
		`template variable "x": unexpected EOF; valid: JSON`:                                                                             variables("x", "{"),
	} {
		if _, err := template.With(Settings{Variables: set}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The texts are those of Python's datetime(2026, 3, 4, 15, 6, 7, 89).strftime.
func TestStrftime(t *testing.T) {
	date := time.Date(2026, 3, 4, 15, 6, 7, 89000, time.UTC)
	for format, want := range map[string]string{
		"%Y-%m-%d %H:%M:%S": "2026-03-04 15:06:07", "%d %b %Y": "04 Mar 2026", "%A, %B %-d, %y": "Wednesday, March 4, 26", "%a %e %-I %I%p": "Wed  4 3 03PM",
		"%j %-j %w %u %f": "063 63 3 3 000089", "100%% %z%Z%D %F %T": "100% 03/04/26 2026-03-04 15:06:07", "%c|%x|%X|%-H": "Wed Mar  4 15:06:07 2026|03/04/26|15:06:07|15", "": "",
	} {
		if got, err := strftime(date, format); err != nil || got != want {
			t.Errorf("%s: %v, %q, want %q", format, err, got, want)
		}
	}
	if got, err := strftime(time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC), "%-d%-H"); err != nil || got != "100" {
		t.Errorf("%v, %q", err, got)
	}
	for format, want := range map[string]string{
		"%Q": "strftime_now: %Q is not supported; valid: a A b B c d D e f F H I j m M p S T u w x X y Y z Z %",
		"a%": `strftime_now: the format "a%" ends with %`,
	} {
		if _, err := strftime(date, format); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", format, err, want)
		}
	}
}
