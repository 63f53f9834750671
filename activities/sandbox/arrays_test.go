//go:build linux

package sandbox

import (
	"strings"
	"testing"

	"temper/model/reward"
)

// Where the interpreter has numpy, its numbers and arrays are values in tests.
func TestArrays(t *testing.T) {
	s := opened(t)
	if !strings.Contains(s.Version(), " numpy/") {
		t.Skip("the interpreter of the sandbox has no numpy: install python3-numpy, or name a folder below /usr that holds it in SANDBOX_TEST_PACKAGES")
	}
	const program = "import numpy as np\ndef one(k): return [np.int64(3), np.float64(0.5), np.bool_(True)][k]\ndef row(n): return np.arange(n)\ndef total(a): return a.sum() if isinstance(a, np.ndarray) else -1\ndef deep(): return {'a': [np.ones((2, 2))]}"
	for name, assert := range map[string]string{
		"numbers":         "assert one(0) == 3 and one(1) == 0.5 and one(2) and type(one(0)) is int",
		"array":           "import numpy as np\nassert (row(3) == np.array([0, 1, 2])).all() and row(3).shape == (3,) and np.allclose(deep()['a'][0], [[1, 1], [1, 1]])",
		"given":           "import numpy as np\nassert total(np.array([[1, 2], [3, 4]])) == 10 and total(np.zeros(3)) == 0",
		"of no dimension": "import numpy as np\nassert total(np.array(7)) == 7",
		"as a list":       "assert row(3) == [0, 1, 2]",
	} {
		gradeAsserts(t, s, name, program, "", Limits{}, reward.Correct, assert)
	}
	gradeAsserts(t, s, "not equal", program, "", Limits{}, reward.Incorrect, "assert row(3) == [0, 1, 3]")
}
