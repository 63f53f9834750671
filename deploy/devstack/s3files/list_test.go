package s3files

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
)

func keys(t *testing.T, c *minio.Core, prefix string, page int) (keys []string) {
	t.Helper()
	for o := range c.Client.ListObjectsIter(t.Context(), bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true, MaxKeys: page}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

func TestList(t *testing.T) {
	c, dir := fresh(t)
	names := []string{"a-b", "a.b", "a/1", "a/10", "a/2", "a/b/c", "a/b/d", "a0", "aB", "a_", "aa", "b/c/d", "ü +&=/x y"}
	for _, name := range names {
		mustPut(t, c, name, []byte(name))
	}
	if err := os.MkdirAll(filepath.Join(dir, "a", "empty", "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, page := range []int{0, 1, 2, 5} {
		for _, prefix := range []string{"", "a", "a/", "a/1", "a/b", "b", "b/c/d", "b/c/d/", "c", "ü +"} {
			var want []string
			for _, name := range names {
				if strings.HasPrefix(name, prefix) {
					want = append(want, name)
				}
			}
			if got := keys(t, c, prefix, page); !slices.Equal(got, want) {
				t.Errorf("prefix %q, pages of %d: %q, want %q", prefix, page, got, want)
			}
			got, want := folders(t, c, prefix, page), oneLevel(want, prefix)
			if !slices.Equal(got, want) {
				t.Errorf("prefix %q, delimiter, pages of %d: %q, want %q", prefix, page, got, want)
			}
		}
	}
	after, err := c.ListObjectsV2(bucket, "", "a/10", "", "", 0)
	if err != nil || len(after.Contents) != len(names)-4 || after.Contents[0].Key != "a/2" {
		t.Errorf("after a/10: %+v, %v", after.Contents, err)
	}
}

// folders lists one level, with pages put together.
func folders(t *testing.T, c *minio.Core, prefix string, page int) (found []string) {
	t.Helper()
	for token := ""; ; {
		r, err := c.ListObjectsV2(bucket, prefix, "", token, "/", page)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range r.Contents {
			found = append(found, o.Key)
		}
		for _, p := range r.CommonPrefixes {
			found = append(found, p.Prefix)
		}
		if !r.IsTruncated {
			slices.Sort(found) // a page has its prefixes after its objects
			return found
		}
		token = r.NextContinuationToken
	}
}

func oneLevel(names []string, prefix string) (level []string) {
	for _, name := range names {
		if i := strings.Index(name[len(prefix):], "/"); i >= 0 {
			name = name[:len(prefix)+i+1]
		}
		if !slices.Contains(level, name) {
			level = append(level, name)
		}
	}
	slices.Sort(level)
	return level
}
