package recipe

import (
	"regexp"
	"strings"
)

// anyText stands for any text in the name of a dataset's files.
const anyText = "*"

// Several says whether the dataset is all files of a folder whose names match, as those of
// s3://bucket/train-*.parquet do. The folder is "" where the URI names none.
func (d Dataset) Several() (folder string, matches func(name string) bool, several bool) {
	at := strings.LastIndexByte(d.URI, '/')
	name := d.URI[at+1:]
	if !strings.Contains(name, anyText) {
		return "", nil, false
	}
	pattern := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(name), regexp.QuoteMeta(anyText), ".*") + "$")
	if at == 0 {
		return "/", pattern.MatchString, true
	}
	return d.URI[:max(at, 0)], pattern.MatchString, true
}
