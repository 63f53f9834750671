package yamlfolder

import (
	"slices"
	"testing"
	"testing/fstest"
)

func TestNames(t *testing.T) {
	files := fstest.MapFS{"named/r-1.0.yaml": {}, "named/r-1.0-scaled.yaml": {}, "other/x.yaml": {}}
	if got := Names(files, "named"); !slices.Equal(got, []string{"r-1.0", "r-1.0-scaled"}) {
		t.Errorf("got %q", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a folder that is not there has names")
		}
	}()
	Names(files, "none")
}
