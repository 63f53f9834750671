package source

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"temper/model/library/jsonl"
	"temper/model/library/pickle"
	"temper/model/recipe"
	"temper/model/reward/code"
)

// liveCodeBench is {question_content, starter_code, public_test_cases, private_test_cases,
// metadata, …}, as code_generation and code_generation_lite have it. All tests are used, the
// public ones first, by the rules of LiveCodeBench's lcb_runner. private_test_cases is a
// string of JSON, or base64 of zlib of a pickled string of JSON, which is read without
// running the pickle.
var liveCodeBench = ofPrograms(recipe.FormatLiveCodeBench, liveCodeBenchOf)

func liveCodeBenchOf(row jsonl.Object) (p Program, err error) {
	p.ID = name(row, "question_id")
	p.Released, p.URL = name(row, "contest_date"), liveCodeURL(row)
	if p.Question, err = question(row, "question_content"); err != nil {
		return p, err
	}
	if err = checkText(p.Question, false); err != nil {
		return p, err
	}
	header, err := text(row, "starter_code")
	if err != nil {
		return p, err
	}
	p.Header = header
	var all []liveCodeTest
	for _, field := range []string{"public_test_cases", "private_test_cases"} {
		some, err := liveCodeTests(row, field)
		if err != nil {
			return p, fmt.Errorf("field %q: %w", field, err)
		}
		all = append(all, some...)
	}
	var metadata struct {
		Function string `json:"func_name"`
	}
	if err = structure(row, "metadata", &metadata); err != nil && !errors.Is(err, errAbsent) {
		return p, err
	}
	p.Tests, err = liveCode(all, metadata.Function)
	return p, err
}

// liveCodeURL is where a problem stands on its platform.
func liveCodeURL(row jsonl.Object) string {
	id, title := name(row, "question_id"), name(row, "question_title")
	switch contest, index, both := strings.Cut(id, "_"); name(row, "platform") {
	case "codeforces":
		if both {
			return "https://codeforces.com/contest/" + contest + "/problem/" + index
		}
	case "atcoder":
		if both {
			return "https://atcoder.jp/contests/" + contest + "/tasks/" + id
		}
	case "leetcode":
		if words := strings.Join(slugWords.FindAllString(strings.ToLower(strings.ReplaceAll(title, "'", "")), -1), "-"); words != "" {
			return leetCodeURL(words)
		}
	}
	return ""
}

var slugWords = regexp.MustCompile(`[a-z0-9]+`)

// liveCodeTest is one test, of type "stdin" or "functional".
type liveCodeTest struct {
	Input    json.RawMessage `json:"input"`
	Output   json.RawMessage `json:"output"`
	Type     string          `json:"testtype"`
	Metadata struct {
		Function string `json:"func_name"`
	} `json:"metadata"`
}

func liveCode(all []liveCodeTest, function string) (t code.Tests, err error) {
	if len(all) == 0 {
		return t, Unjudged{noTests}
	}
	pairs := make([]pair, len(all))
	for i, test := range all {
		if test.Type != all[0].Type {
			return t, Unjudged{"tests of several types"}
		}
		pairs[i] = pair{test.Input, test.Output}
	}
	if function == "" {
		function = all[0].Metadata.Function
	}
	switch {
	case all[0].Type == "stdin":
		t, err = stdinTests(pairs)
	case all[0].Type == "functional" && function == "":
		return t, errors.New("tests are functional, and metadata has no func_name")
	case all[0].Type == "functional":
		t, err = functionTests(function, pairs)
		for i := range t.Cases {
			t.Cases[i].Accept = nil // results are never wrapped here
		}
	default:
		return t, fmt.Errorf("testtype is %q, want stdin or functional", all[0].Type)
	}
	t.Compare = code.AsLiveCodeBench
	return t, err
}

// liveCodeTests reads one of the two fields of tests.
func liveCodeTests(row jsonl.Object, field string) (tests []liveCodeTest, err error) {
	raw := bytes.TrimSpace(row[field])
	if len(raw) > 0 && raw[0] == '"' {
		var packed string
		if err := json.Unmarshal(raw, &packed); err != nil {
			return nil, err
		}
		if raw = bytes.TrimSpace([]byte(packed)); len(raw) > 0 && raw[0] != '[' {
			if packed, err = unpack(packed); err != nil {
				return nil, err
			}
			raw = []byte(packed)
		}
	}
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	return tests, json.Unmarshal(raw, &tests)
}

// maxUnpacked bounds what a field may unfold to, in bytes.
const maxUnpacked = 512 << 20

// unpack undoes base64, zlib and pickle.
func unpack(packed string) (string, error) {
	z, err := zlib.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(packed)))
	if err != nil {
		return "", fmt.Errorf("it is neither JSON nor base64 of zlib: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(z, maxUnpacked+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("unpack it: %w", err)
	case len(data) > maxUnpacked:
		return "", fmt.Errorf("it unpacks to more than %d bytes", maxUnpacked)
	}
	return pickle.String(data)
}
