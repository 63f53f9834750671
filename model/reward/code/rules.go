package code

// The rules of comparison.
const (
	// Whitespace, the default of stdin, compares lines word by word. Runs of blanks and empty
	// lines do not count, nor does the case of yes and no. A word that is expected with a
	// point or an exponent is compared as a number, within 1e-6.
	Whitespace = "whitespace"
	// Exact compares every byte.
	Exact = "exact"
	// Float is Whitespace, but all numbers are compared within the tolerance. For problems
	// that say so.
	Float = "float"
	// AsLiveCodeBench is the rule of LiveCodeBench's lcb_runner. Outputs have as many lines;
	// each is the same text without the blanks around it, or the same decimal numbers, word
	// by word and without tolerance. Values are equal as Python's == has it, tuples being lists.
	AsLiveCodeBench = "livecodebench"
	// AsEvalPlus is the rule of EvalPlus: values are equal as Python's == has it, or, where
	// floats are expected, within 1e-6 plus 1e-7 of the expected value.
	AsEvalPlus = "evalplus"
	// AsToolkit is the rule of AceReason's evaluation toolkit: that of LiveCodeBench, but numbers
	// are equal as numpy.allclose has it, within 1e-8 plus 1e-5 of the expected one. It is for
	// comparison with published figures: 100000001 is right where 100000000 is expected.
	AsToolkit = "acereason-toolkit"
)

// toolkitSeconds is the CPU time of a test there.
const toolkitSeconds = 10

// Toolkit are t as AceReason's evaluation toolkit judges them, which measures LiveCodeBench: its
// tests are compared by AsToolkit and have ten seconds each. Others stay as they are.
func (t Tests) Toolkit() Tests {
	if t.Compare == AsLiveCodeBench {
		t.Compare, t.TimeSeconds = AsToolkit, toolkitSeconds
	}
	return t
}

// asPython says whether values are compared as Python's == does, so that True is 1.
func (t Tests) asPython() bool {
	return t.Compare == AsLiveCodeBench || t.Compare == AsEvalPlus || t.Compare == AsToolkit
}

// sameNumber compares two numbers by the rule of t.
func (t Tests) sameNumber(got, want string) bool {
	switch {
	case t.Compare == AsToolkit:
		return closeTo(got, want, 1e-8, 1e-5)
	case t.Compare == AsEvalPlus && !isInteger(want):
		return closeTo(got, want, 1e-6, 1e-7)
	case t.asPython():
		return equalNumbers(got, want, 0, false)
	}
	return equalNumbers(got, want, t.tolerance(), t.Tolerance > 0)
}
