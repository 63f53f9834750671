package recipe

import "testing"

func TestSeveral(t *testing.T) {
	for uri, want := range map[string]struct{ folder, name, other string }{
		"/data/train-*.parquet": {"/data", "train-00.parquet", "train-00xparquet"},
		"s3://b/k/*.jsonl":      {"s3://b/k", "a.jsonl", "a.jsonl.gz"},
		"/a[1]*+b":              {"/", "a[1]-+b", "a1b"},
		"x*":                    {"", "x", "ax"},
	} {
		folder, matches, several := Dataset{URI: uri}.Several()
		if !several || folder != want.folder || !matches(want.name) || matches(want.other) {
			t.Errorf("%s: %q, %v", uri, folder, several)
		}
	}
	if _, _, several := (Dataset{URI: "s3://b/a.jsonl"}).Several(); several {
		t.Error("one file is several")
	}
	r := named(t, "gsm8k-tiny")
	for _, assignment := range []string{"data.train=/a*/b.jsonl", "data.test=/t/*.jsonl"} {
		if err := Set(&r, assignment); err != nil {
			t.Fatal(err)
		}
	}
	wantLines(t, r.Validate(), `data.train.uri is "/a*/b.jsonl"; valid: a * in the name of files alone, not of folders`)
}
