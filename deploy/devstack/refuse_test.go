package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPortsInUse(t *testing.T) {
	var taken []string
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		taken = append(taken, l.Addr().String())
	}
	dir := t.TempDir()
	got := refused(t, command(dir, "-temporal", taken[0], "-ui", "127.0.0.1:0", "-s3", taken[1]))
	want := []string{
		"devstack: " + taken[0] + " is in use; stop the program that holds it or choose another address with -temporal",
		"devstack: " + taken[1] + " is in use; stop the program that holds it or choose another address with -s3",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for _, name := range []string{"temporal.db", "keys.json", "devstack.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !os.IsNotExist(err) {
			t.Errorf("%s was made before the ports were checked", name)
		}
	}
}

func TestClaimAddresses(t *testing.T) {
	free := "127.0.0.1:0"
	for _, tc := range []struct {
		name         string
		temporal, ui string
		want         string // part of the error; empty: accepted
	}{
		{"loopback", free, "localhost:0", ""},
		{"all interfaces", "0.0.0.0:7233", free, "-temporal 0.0.0.0:7233 is refused"},
		{"no host", ":7233", free, "-temporal :7233 is refused"},
		{"other host", free, "192.0.2.1:80", "-ui 192.0.2.1:80 is refused"},
		{"host name", free, "example.org:80", "-ui example.org:80 is refused"},
		{"no port", free, "127.0.0.1", `-ui "127.0.0.1" is not an address`},
		{"bad port", free, "127.0.0.1:http", `port "http" is not a number`},
		{"twice the same", "127.0.0.1:39871", "127.0.0.1:39871", "-temporal and -ui are both 127.0.0.1:39871"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := claimAddresses(options{temporal: tc.temporal, ui: tc.ui, s3: free}, internalPorts)
			if tc.want != "" {
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Fatalf("error %v, want one with %q", err, tc.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			seen := map[uint16]bool{a.temporal.Port(): true, a.ui.Port(): true, a.s3.Port(): true}
			for _, p := range a.internal {
				seen[p] = true
			}
			if len(seen) != 3+internalPorts || seen[0] {
				t.Errorf("ports are not distinct: %+v", a)
			}
		})
	}
}

func TestDatabaseOfAnotherServer(t *testing.T) {
	dir := t.TempDir()
	d := start(t, dir, anywhere...)
	d.kill()
	if err := writeJSON(filepath.Join(dir, "temporal.version"), databaseStamp{Server: "1.29.1"}); err != nil {
		t.Fatal(err)
	}
	lines := refused(t, command(dir, anywhere...))
	if len(lines) != 1 || !strings.Contains(lines[0], "was made by Temporal server 1.29.1") || !strings.Contains(lines[0], "move temporal.db* and temporal.version away") {
		t.Errorf("got %q", lines)
	}
}

// TestHalfMadeDatabase checks that a database whose creation was killed is made anew.
func TestHalfMadeDatabase(t *testing.T) {
	st, err := openState(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(st.path("temporal.db.new"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := st.openDatabase("default"); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(st.path("temporal.db.new*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := st.openDatabase("default"); err != nil {
		t.Errorf("second opening: %v", err)
	}
}
