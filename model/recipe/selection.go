package recipe

import (
	"strings"
	"time"
)

// IDs is a file that lists the problems of a dataset by their names (the id, question_id or
// task_id of a row): a benchmark that is a part of a published file is that part and no other.
type IDs struct {
	// URI is a local path or s3:// URI of a JSON array, of a JSON object of arrays, or of a
	// text with a name in each line.
	URI string `json:"uri"`
	// List is which of an object's arrays, "" where the file is one list.
	List string `json:"list,omitempty"`
}

// Selects says whether only some of the file's rows are read.
func (d Dataset) Selects() bool { return d.IDs != nil || d.Since != "" }

// selection checks which rows of a file are read.
func (v *validator) selection(at string, d Dataset) {
	if d.Since != "" {
		_, err := time.Parse(time.DateOnly, d.Since)
		v.check(at+".since", err == nil, "is %q; valid: a day as in 2024-08-01", d.Since)
		v.check(at+".since", d.Format == FormatLiveCodeBench, "is given, but the format is %q; valid: only with the format %s, whose rows have a contest_date", d.Format, FormatLiveCodeBench)
	}
	if d.IDs == nil {
		return
	}
	if d.IDs.URI == "" {
		v.toGive(at+".ids.uri", "is empty; give the path or s3:// URI of a list of names")
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(d.IDs.URI, "s3://"), "/")
	v.check(at+".ids.uri", !strings.Contains(d.IDs.URI, "://") || strings.HasPrefix(d.IDs.URI, "s3://") && bucket != "" && key != "",
		"is %q; valid: a path, s3://BUCKET/KEY", d.IDs.URI)
}
