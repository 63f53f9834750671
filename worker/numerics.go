package main

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"

	"temper/deploy/version"
)

// allowance is what an operator lets a worker do: compute for runs that began with other versions of
// the numerics. The zero value allows nothing.
type allowance struct {
	versions []int
	// by is who allows it and why; it stands in the record of all work that is done so.
	by string
}

// parseAllowance reads the flags -allow-numerics and -reason.
func parseAllowance(versions, reason string) (allowance, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case versions == "" && reason == "":
		return allowance{}, nil
	case versions == "":
		return allowance{}, fmt.Errorf("-reason is given without -allow-numerics; valid: both, or neither")
	case reason == "":
		return allowance{}, fmt.Errorf("-allow-numerics is %q, without -reason; valid: why this worker, which computes with numerics %d, may compute for other runs (their records will say so)", versions, version.Numerics)
	}
	a := allowance{by: fmt.Sprintf("%s: %s", whoami(), reason)}
	for word := range strings.SplitSeq(versions, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 || n == version.Numerics {
			return allowance{}, fmt.Errorf("-allow-numerics has %q; valid: versions of the numerics from 1 on other than %d, which this worker computes with, separated by commas", word, version.Numerics)
		}
		a.versions = append(a.versions, n)
	}
	return a, nil
}

// whoami is USER@HOST of this process.
func whoami() string {
	name, host := "unknown-user", "unknown-host"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return name + "@" + host
}
