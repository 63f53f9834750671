// Package version says which temper this is.
package version

import (
	"fmt"
	"runtime/debug"
	"strconv"
)

// Temper is the version of the release; CHANGELOG.md says what is in it.
const Temper = "0.1.0"

// Numerics is the version of the arithmetic: with the same one, the same recipe ends with the same
// weights on the same kind of machine. A change that changes any digest raises it, and adds the new
// digest to TestNumericsVersion of worker/learner.
var Numerics, _ = strconv.Atoi(numerics)

// numerics is Numerics; a test links a worker of another version with it.
var numerics = "1"

// Commit is the commit that this binary was built from, with "+modified" where files had been changed.
func Commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version, modified := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			version = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+modified"
		}
	}
	return version + modified
}

// Text is all of it for people.
func Text() string {
	return fmt.Sprintf("temper %s, commit %s, numerics %d", Temper, Commit(), Numerics)
}
