package advice

import (
	"os"
	"testing"
)

func TestCommand(t *testing.T) {
	defer func(args []string) { os.Args = args }(os.Args)
	for _, test := range []struct{ self, data, want string }{
		{"bin/starter", "", "`bin/starter status demo`"},
		{"bin/starter", ".temper", "`bin/starter status demo`"},
		{"bin/worker", "./.temper/", "`bin/starter status demo`"},
		{"starter", "my data", "`starter status demo --data 'my data'`"},
		{"/opt/temper/bin/starter", "/tmp/x", "`/opt/temper/bin/starter status demo --data /tmp/x`"},
		{"./starter", "", "`./starter status demo`"},
	} {
		os.Args = []string{test.self}
		if got := Command(test.data, "status", "demo"); got != test.want {
			t.Errorf("%s on %q: got %s, want %s", test.self, test.data, got, test.want)
		}
	}
}

func TestLine(t *testing.T) {
	if got := Line([]string{"a", "rl[0].steps=1", "it's", "", "b=c"}); got != `a 'rl[0].steps=1' 'it'\''s' '' b=c` {
		t.Errorf("got %s", got)
	}
}
