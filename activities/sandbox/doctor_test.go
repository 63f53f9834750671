//go:build linux

package sandbox

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestRemedy: what to do follows from what kind of fault it is, whatever its text says.
func TestRemedy(t *testing.T) {
	for _, c := range []struct {
		err        error
		wall, want string
	}{
		{setupError{errors.New("x")}, Namespaces, "unprivileged user namespaces"},
		{setupError{errors.New("x")}, Landlock, "Landlock takes Linux 5.13"},
		{errPowerlessRoot, Namespaces, "as an ordinary user"},
		{errNoCell, Namespaces, "make build"},
		{errNoPython, Landlock, "install Python 3.10"},
		{errPythonStart, Namespaces, "install Python 3.10"},
		{errNotStopped, Namespaces, "do not run programs on this machine"},
		{errors.New("python3 not found"), Namespaces, ""},
	} {
		got := remedy(c.wall, fmt.Errorf("sandbox: %w", c.err))
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
