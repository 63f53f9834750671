package code

import (
	"encoding/json"
	"strings"
	"testing"

	"temper/model/reward"
)

func decodeTests(t *testing.T, text string) Tests {
	t.Helper()
	var ts Tests
	if err := json.Unmarshal([]byte(text), &ts); err != nil {
		t.Fatal(err)
	}
	return ts
}

func TestValidate(t *testing.T) {
	for text, fault := range map[string]string{
		`{"type":"stdin","inputs":["1"],"outputs":["1"]}`:                           "",
		`{"type":"function","name":"f","cases":[{"args":[1],"expect":null}]}`:       "",
		`{"type":"function","name":"f","cases":[{"args":[],"expect":[1,{"a":2}]}]}`: "",
		`{"type":"unit"}`:   `type is "unit", want "stdin", "function" or "assert"`,
		`{"type":"assert"}`: "asserts is empty",
		`{"type":"assert","asserts":["assert f(1)"," "]}`:                                            "asserts[1] is empty",
		`{"type":"assert","setup":"import math","asserts":["assert f(1)"]}`:                          "",
		`{"type":"assert","asserts":["assert f(1)"],"name":"f"}`:                                     "name and cases belong to",
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"compare":"float","tolerance":1e-4}`:         "",
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"compare":"about"}`:                          `compare is "about", want`,
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"tolerance":1e-4}`:                           `tolerance belongs to compare "float"`,
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"compare":"float","tolerance":-1}`:           "tolerance is -1",
		`{"type":"function","name":"Solution.f","cases":[{"args":[1],"expect":1}]}`:                  "",
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"accept":[]}`:                                "1 inputs and 0 lists in accept",
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"compare":"exact","unordered":true}`:         `not "exact"`,
		`{"type":"function","name":"f","compare":"float","cases":[{"args":[1],"expect":1}]}`:         `compare is "float", want "livecodebench" or "evalplus"`,
		`{"type":"function","name":"f","nodes":{"args":["heap"]},"cases":[{"args":[1],"expect":1}]}`: `nodes has "heap"`,
		`{"type":"assert","asserts":["assert f(1)"],"unordered":true}`:                               "belong to types",
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"int_keys":true}`:                            "int_keys belong to",
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"time_seconds":-1}`:                          "time_seconds is -1",
		`{}`:               `type is ""`,
		`{"type":"stdin"}`: "inputs is empty",
		`{"type":"stdin","inputs":["1"],"outputs":[]}`:                                     "1 inputs and 0 outputs",
		`{"type":"stdin","inputs":["1"],"outputs":["1"],"name":"f"}`:                       "name and cases belong to",
		`{"type":"function","name":"f(","cases":[{"args":[1],"expect":1}]}`:                `name is "f("`,
		`{"type":"function","name":"f","cases":[]}`:                                        "cases is empty",
		`{"type":"function","name":"f","cases":[{"args":1,"expect":1}]}`:                   "cases[0].args is 1, want a JSON array",
		`{"type":"function","name":"f","cases":[{"args":null,"expect":1}]}`:                "cases[0].args is null",
		`{"type":"function","name":"f","cases":[{"args":[]},{"args":[]}]}`:                 "cases[0].expect is absent",
		`{"type":"function","name":"f","outputs":["1"],"cases":[{"args":[1],"expect":1}]}`: "inputs and outputs belong to",
	} {
		err := decodeTests(t, text).Validate()
		if (err == nil) != (fault == "") || err != nil && !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: got %v, want %q", text, err, fault)
		}
	}
}

// What may enter the sandbox has no expectation in it.
func TestInputs(t *testing.T) {
	in := Inputs(decodeTests(t, `{"type":"function","name":"f","cases":[{"args":[1,"x"],"expect":424242}]}`))
	if in.Function != "f" || len(in.Calls) != 1 || string(in.Calls[0]) != `[1,"x"]` || in.Stdin != nil {
		t.Errorf("function: %+v", in)
	}
	in = Inputs(decodeTests(t, `{"type":"stdin","inputs":["1","2"],"outputs":["424242","x"]}`))
	if in.Function != "" || in.Calls != nil || strings.Join(in.Stdin, ",") != "1,2" {
		t.Errorf("stdin: %+v", in)
	}
}

func TestEqualValues(t *testing.T) {
	for _, tc := range []struct {
		got, want string
		equal     bool
	}{
		{"1", "1", true}, {"1", "2", false}, {"0", "-0", true}, {"1", "1.0", true}, {"4.0", "4", true}, {"1e2", "100", true},
		{"0.30000000000000004", "0.3", true}, {"0.3", "0.3001", false}, {"1e300", "1.0000000001e300", true}, {"1.0e300", "2.0e300", false}, {"1e-12", "0.0", true}, {"0.0", "1e-12", false}, {"1.001e-12", "1e-12", true},
		{"123456789012345678901234567890", "123456789012345678901234567890", true}, {"123456789012345678901234567890", "123456789012345678901234567891", false},
		{"1000000006.5", "1000000007", false}, {"1000000007.0000001", "1000000007", false}, {"1000000007.0", "1000000007", true}, {"1000000006", "1000000007.0", false},
		{"1e+40", "10000000000000000000000000000000000012345", false}, {"3.9999999999", "4", false}, {"3.9999999999", "4.0", true}, {"[0.5,1000000006.5]", "[0.5,1000000007]", false},
		{"9007199254740993", "9007199254740992", false}, {"1e999", "1e999", true}, {"1e999", "2e999", false},
		{"true", "true", true}, {"true", "1", false}, {"false", "0", false}, {"null", "null", true}, {"null", "0", false}, {"null", "false", false},
		{`"a"`, `"a"`, true}, {`"a"`, `"A"`, false}, {`"1"`, "1", false}, {`"\u00e9"`, `"é"`, true}, {`"a "`, `"a"`, false},
		{"[1,2]", "[1, 2.0]", true}, {"[1,2]", "[2,1]", false}, {"[1]", "[1,1]", false}, {"[]", "{}", false}, {"[]", "null", false}, {"[[1],[]]", "[[1],[]]", true},
		{`{"a":1,"b":[2]}`, `{"b":[2],"a":1}`, true}, {`{"a":1}`, `{"a":1,"b":1}`, false}, {`{"a":null}`, `{"b":null}`, false},
		{"", "1", false}, {"1 2", "1", false}, {"NaN", "NaN", false},
	} {
		if got := (Tests{}).equalValues(json.RawMessage(tc.got), json.RawMessage(tc.want)); got != tc.equal {
			t.Errorf("%s and %s: got %v, want %v", tc.got, tc.want, got, tc.equal)
		}
	}
}

func TestCompareOutput(t *testing.T) {
	for _, tc := range []struct {
		got, want, fault string
	}{
		{"1\n2\n", "1\n2", ""}, {"1 \r\n  2\n\n\n", "1\n2\n", ""}, {"1  2\t3", "1 2 3", ""}, {"", "\n", ""}, {"\n \n1\n", "1", ""}, {"1", "\r\n1\r\n", ""}, {"-0.0", "0.0", ""}, {"1\v\f2", "1 2", ""}, {"1\u00a02", "1 2", "output line 1"},
		{"1\n\n2", "1\n2", ""}, {"1\n2", "1\n\n2", ""}, {"12", "1 2", "output line 1"}, {"1", "1\n2", "ends before line 2"}, {"1\n2", "1", "more than the 1 lines"},
		{"1.0", "1", "output line 1"}, {"YES", "Yes", ""}, {"No", "yes", "output line 1"}, {"alice", "Alice", "output line 1"},
		{"0.333333", "0.333333333333", ""}, {"0.3333", "0.333333333333", "output line 1"}, {"0.0", "0.0000001", "output line 1"}, {"0.0000001", "0.0", ""}, {"1234568", "1234567", "output line 1"}, {"1000000006", "1000000007.0", "output line 1"},
	} {
		got := Tests{Type: Stdin}.compareOutput(tc.got, tc.want)
		if (got == "") != (tc.fault == "") || !strings.Contains(got, tc.fault) {
			t.Errorf("%q for %q: got %q, want %q", tc.got, tc.want, got, tc.fault)
		}
	}
}

func TestCompareModes(t *testing.T) {
	for _, tc := range []struct {
		compare, got, want string
		tolerance          float64
		equal              bool
	}{
		{Exact, "1\n", "1\n", 0, true}, {Exact, "1", "1\n", 0, false}, {Exact, "1 \n", "1\n", 0, false},
		{Float, "0.3333333", "0.33333333333", 0, true}, {Float, "0.333", "0.33333333333", 0, false}, {Float, "0.333", "0.3333", 1e-3, true},
		{Float, "1e6 x", "1000000.5  x\n", 0, true}, {Float, "1e6 x", "1000000.5 y", 0, false}, {Float, "1 2", "1", 0, false},
		{Float, "YES", "NO", 0, false}, {Float, "nan", "nan", 0, true}, {Float, "inf", "1", 0, false}, {Float, "1", "inf", 0, false}, {Float, "0x10", "16", 0, false},
		{Float, "1000000", "1", 0, false}, {Float, "1000000000 0.5", "1000000007 0.5", 0, false}, {Float, "1000000006.5", "1000000007", 0, false},
		{Float, "3.99999999", "4", 0, true}, {Float, "0.0", "0.0000001", 0, true}, {Float, "4.000000", "4", 0, true}, {Float, "+07", "7", 0, true}, {Float, "1000000006", "1000000007.0", 0, false}, {"", "1.0", "1", 0, false},
	} {
		got := Tests{Type: Stdin, Compare: tc.compare, Tolerance: tc.tolerance}.compareOutput(tc.got, tc.want)
		if (got == "") != tc.equal {
			t.Errorf("%s: %q for %q: %q, want equal %v", tc.compare, tc.got, tc.want, got, tc.equal)
		}
	}
}

// TestRules: the rules that tests name.
func TestRules(t *testing.T) {
	for _, tc := range []struct {
		tests     Tests
		got, want string
		equal     bool
	}{
		{Tests{Type: Stdin, Compare: AsLiveCodeBench}, "1.50 2 \n x", "1.5 2.0\nx\n", true},
		{Tests{Type: Stdin, Compare: AsLiveCodeBench}, "0.3333333", "0.33333333", false},
		{Tests{Type: Stdin, Compare: AsLiveCodeBench}, "1\n\n2", "1\n2", false},
		{Tests{Type: Stdin, Compare: AsLiveCodeBench}, "a  b", "a b", false},
		{Tests{Type: Stdin, Compare: AsLiveCodeBench}, "1e999999999", "1e999999998", false},
		{Tests{Type: Stdin, Compare: AsLiveCodeBench}, "YES", "yes", false},
		{Tests{Type: Stdin, Unordered: true}, "b\na\na", "a\nb\na", true},
		{Tests{Type: Stdin, Unordered: true}, "b\na\nb", "a\nb\na", false},
		{Tests{Type: Stdin, Unordered: true}, "0.3333333\n1", "1\n0.3333334", true},
		{Tests{Type: Stdin, IgnoreCase: true}, "alice 1", "ALICE 1", true},
		{Tests{Type: Function, IgnoreCase: true}, `["Abc"]`, `["aBC"]`, true},
		{Tests{Type: Function, Unordered: true}, `[[1,2],3]`, `[3,[1,2]]`, true},
		{Tests{Type: Function, Unordered: true}, `[[1,2],3]`, `[3,[2,1]]`, false},
		{Tests{Type: Function, Unordered: true}, `[1,1,2]`, `[1,2,2]`, false},
		{Tests{Type: Function, Unordered: true}, `[0.30000000000000004,1]`, `[1,0.3]`, true},
		{Tests{Type: Function, Compare: AsLiveCodeBench}, `true`, `1`, true},
		{Tests{Type: Function, Compare: AsLiveCodeBench}, `0.30000000000000004`, `0.3`, false},
		{Tests{Type: Function, Compare: AsEvalPlus}, `0.3000009`, `0.3`, true},
		{Tests{Type: Function, Compare: AsEvalPlus}, `0.300002`, `0.3`, false},
		{Tests{Type: Function, Compare: AsEvalPlus}, `3.0000001`, `3`, false},
	} {
		equal := false
		if tc.tests.Type == Stdin {
			equal = tc.tests.compareOutput(tc.got, tc.want) == ""
		} else {
			equal = tc.tests.equalValues(json.RawMessage(tc.got), json.RawMessage(tc.want))
		}
		if equal != tc.equal {
			t.Errorf("%+v: %q for %q: equal %v", tc.tests, tc.got, tc.want, equal)
		}
	}
}

// TestOneOfSeveral: further right answers, and arguments that a call changes in place.
func TestOneOfSeveral(t *testing.T) {
	stdin := decodeTests(t, `{"type":"stdin","inputs":["1"],"outputs":["1 2"],"accept":[["2 1"]]}`)
	for out, right := range map[string]bool{"1 2": true, "2 1": true, "2 2": false} {
		if stdin.Passes(0, TestOutcome{Stdout: out}) != right {
			t.Errorf("%s is right: %v", out, !right)
		}
	}
	f := decodeTests(t, `{"type":"function","name":"f","cases":[{"args":[[2,1]],"expect":[1,2],"accept":[[0]]}]}`)
	for _, tc := range []struct {
		value, changed string
		right          bool
	}{{"[1,2]", "", true}, {"[0]", "", true}, {"null", "[1,2]", true}, {"null", "[2,1]", false}, {"null", "", false}, {"[3]", "[1,2]", false}} {
		o := TestOutcome{Value: json.RawMessage(tc.value)}
		if tc.changed != "" {
			o.Changed = json.RawMessage(tc.changed)
		}
		if f.Passes(0, o) != tc.right {
			t.Errorf("%+v: right is %v", tc, !tc.right)
		}
	}
}

// TestProgram: what a problem provides comes before the program, and imports from the future first.
func TestProgram(t *testing.T) {
	with := Tests{Before: "import math"}
	for source, want := range map[string]string{
		"f = 1": "import math\nf = 1", "\"doc\"\nfrom __future__ import annotations\nf = 1": "from __future__ import annotations\nimport math\n\"doc\"\n\nf = 1",
		"from __future__ import division": "from __future__ import division\nimport math\n\n",
	} {
		if got := with.Program(source); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestLimited: what a problem's own limits become.
func TestLimited(t *testing.T) {
	own := Tests{TimeSeconds: 2, MemoryBytes: 256 << 20}
	for _, tc := range []struct {
		time, memory float64
		want         Tests
	}{
		{0, 0, Tests{}}, {5, 2, Tests{TimeSeconds: 10, MemoryBytes: 512 << 20}}, {0.5, 0, Tests{TimeSeconds: 1}},
	} {
		if got := own.Limited(tc.time, tc.memory); got.TimeSeconds != tc.want.TimeSeconds || got.MemoryBytes != tc.want.MemoryBytes {
			t.Errorf("factors %v and %v: %v s, %d bytes", tc.time, tc.memory, got.TimeSeconds, got.MemoryBytes)
		}
	}
	if got := (Tests{TimeSeconds: 9, MemoryBytes: 2 << 30}).Limited(0, 0); got.TimeSeconds != 9 || got.MemoryBytes != 2<<30 {
		t.Errorf("above the defaults: %+v", got)
	}
}

func TestJudgeAsserts(t *testing.T) {
	tests := decodeTests(t, `{"type":"assert","asserts":["assert f(1) == 2","assert f(2) == 4"]}`)
	held := TestOutcome{Value: json.RawMessage("true")}
	for name, tc := range map[string]struct {
		out  Outcome
		want reward.Verdict
	}{
		"both hold":      {Outcome{Status: Finished, Tests: []TestOutcome{held, held}}, reward.Correct},
		"second fails":   {Outcome{Status: Exception, Tests: []TestOutcome{held, {Error: "assertion failed"}}}, reward.Incorrect},
		"second missing": {Outcome{Status: Finished, Tests: []TestOutcome{held}}, reward.Incorrect},
		"no value":       {Outcome{Status: Finished, Tests: []TestOutcome{held, {}}}, reward.Incorrect},
		"crash at end":   {Outcome{Status: Crashed, Tests: []TestOutcome{held, held}}, reward.Incorrect},
	} {
		if got := Judge(tests, tc.out); got.Verdict != tc.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if in := Inputs(tests); in.Function != "" || in.Calls != nil || in.Stdin != nil {
		t.Errorf("the program's process sees %+v", in)
	}
}

func TestJudge(t *testing.T) {
	tests := decodeTests(t, `{"type":"function","name":"f","cases":[{"args":[1],"expect":2},{"args":[2],"expect":4}]}`)
	value := func(v string) TestOutcome { return TestOutcome{Value: json.RawMessage(v)} }
	for _, tc := range []struct {
		name string
		out  Outcome
		want reward.Result
	}{
		{"all pass", Outcome{Status: Finished, Tests: []TestOutcome{value("2"), value("4")}}, reward.Result{Verdict: reward.Correct, Reason: "2 of 2 tests passed"}},
		{"second is wrong", Outcome{Status: Finished, Tests: []TestOutcome{value("2"), value("5")}},
			reward.Result{Verdict: reward.Incorrect, Reason: "test 2 of 2: f(2) returned 5, want 4"}},
		{"second raises", Outcome{Status: Exception, Reason: "E", Tests: []TestOutcome{value("2"), {Error: "ValueError: x"}}},
			reward.Result{Verdict: reward.Incorrect, Reason: "test 2 of 2: ValueError: x"}},
		{"second is missing", Outcome{Status: CPULimit, Reason: "used more than 6 s of CPU time", Tests: []TestOutcome{value("2")}},
			reward.Result{Verdict: reward.Incorrect, Reason: "test 2 of 2: used more than 6 s of CPU time"}},
		{"first wrong before a limit", Outcome{Status: CPULimit, Reason: "limit", Tests: []TestOutcome{value("3")}},
			reward.Result{Verdict: reward.Incorrect, Reason: "test 1 of 2: f(1) returned 3, want 2"}},
		{"nothing", Outcome{}, reward.Result{Verdict: reward.Incorrect, Reason: "test 1 of 2: no result"}},
		{"right answers, then a limit", Outcome{Status: OutputLimit, Reason: "wrote more than 1 bytes", Tests: []TestOutcome{value("2"), value("4")}},
			reward.Result{Verdict: reward.Incorrect, Reason: "wrote more than 1 bytes"}},
	} {
		if got := Judge(tests, tc.out); got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.name, got, tc.want)
		}
	}
	if got := Judge(Tests{}, Outcome{Status: Finished}); got.Verdict != reward.Incorrect {
		t.Errorf("no tests: %+v, want incorrect", got)
	}
	if tests.Passes(1, value("5")) || !tests.Passes(1, value("4")) {
		t.Error("Passes disagrees with Judge")
	}
}

// TestToolkitTests: LiveCodeBench's tests as AceReason's toolkit compares them; others as they are.
func TestToolkitTests(t *testing.T) {
	strict := Tests{Type: Stdin, Compare: AsLiveCodeBench, Inputs: []string{""}, Outputs: []string{"100000000 x 0.5\n"}}
	toolkit := strict.Toolkit()
	for output, want := range map[string][2]bool{
		"100000000 x 0.5": {true, true}, "100000000 0.5": {false, false},
	} {
		for i, tests := range []Tests{strict, toolkit} {
			if got := tests.compareOutput(output, tests.Outputs[0]) == ""; got != want[i] {
				t.Errorf("%q by %s: %v", output, tests.Compare, got)
			}
		}
	}
	for _, c := range []struct {
		got, want       string
		strict, toolkit bool
	}{{"0.500001", "0.5", false, true}, {"0.51", "0.5", false, false}, {"100000001", "100000000", false, true}, {"3 4", "3.0 4", true, true}} {
		if got := strict.compareOutput(c.got, c.want) == ""; got != c.strict {
			t.Errorf("%s for %s, strict: %v", c.got, c.want, got)
		}
		if got := toolkit.compareOutput(c.got, c.want) == ""; got != c.toolkit {
			t.Errorf("%s for %s, toolkit: %v", c.got, c.want, got)
		}
	}
	values := Tests{Type: Function, Name: "f", Compare: AsLiveCodeBench, Cases: []Case{{Args: []byte("[]"), Expect: []byte("[0.5, 1]")}}}
	if values.equalValues([]byte("[0.500001, true]"), values.Cases[0].Expect) || !values.Toolkit().equalValues([]byte("[0.500001, true]"), values.Cases[0].Expect) {
		t.Error("values are compared otherwise")
	}
	if err := toolkit.Validate(); err != nil || toolkit.TimeSeconds != 10 {
		t.Errorf("%v, %g s", err, toolkit.TimeSeconds)
	}
	if other := (Tests{Type: Stdin, Compare: Exact}).Toolkit(); other.Compare != Exact || other.TimeSeconds != 0 {
		t.Errorf("other tests become %+v", other)
	}
}
