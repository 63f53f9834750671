package recipe

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// claims reads the table of model/RECIPE.md that goes from the papers' claims to the code: a slice of cells per row.
func claims(t *testing.T, text string) [][]string {
	t.Helper()
	var rows [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "| claim |"):
			rows = [][]string{}
		case rows != nil && strings.HasPrefix(line, "|---"):
		case rows != nil && !strings.HasPrefix(line, "|"):
			return rows
		case rows != nil:
			rows = append(rows, strings.Split(strings.Trim(line, "|"), " | "))
		}
	}
	t.Fatal("RECIPE.md has no table that begins with | claim |")
	return nil
}

// named tokens stand between backquotes.
var quoted = regexp.MustCompile("`([^`]+)`")

// TestClaims holds the table to the code: every test, field, file, constant and Go name in it exists. A row names where the
// claim stands and what tests it, or begins with "none" and says why.
func TestClaims(t *testing.T) {
	text, err := os.ReadFile("../RECIPE.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, repo := claims(t, string(text)), readRepository(t)
	if len(rows) < 60 {
		t.Errorf("the table has %d rows; facts of both papers are more", len(rows))
	}
	for _, row := range rows {
		if len(row) != 4 {
			t.Errorf("a row of %d cells, want claim, source, where, test: %v", len(row), row)
			continue
		}
		for i, cell := range row[2:] {
			tokens := quoted.FindAllStringSubmatch(cell, -1)
			if len(tokens) == 0 && !strings.HasPrefix(strings.TrimSpace(cell), "none") {
				t.Errorf("%s: %q names nothing; valid: `a name`, or none and why", row[0], cell)
			}
			for _, token := range tokens {
				if i == 1 && strings.HasPrefix(token[1], "Test") && !repo.tests[token[1]] || i == 0 && !repo.has(token[1]) || i == 1 && !repo.has(token[1]) {
					t.Errorf("%s: there is no %s", strings.TrimSpace(row[0]), token[1])
				}
			}
		}
	}
}

// TestClaimsNotice: what does not exist is noticed, whatever kind it is of.
func TestClaimsNotice(t *testing.T) {
	repo := readRepository(t)
	for _, name := range []string{"TestClaims", "model/recipe/named", "recipe/claims_test.go", "recipe.Decode", "RL.GroupSize", "objective.overlong.handling: filter", "solved", "pass_rate",
		"acereason-1.1@stages.math-8k.group_size=8", "acereason-1.1@stages.rl-code-clean.*.words=14", "train.SFTRows", "make check", "avg@k"} {
		if !repo.has(name) {
			t.Errorf("%s is there, and not found", name)
		}
	}
	for _, name := range []string{"TestNothing", "model/recipe/none", "recipe/none_test.go", "recipe.Nothing", "RL.GroupWeight", "objective.overlong.handlung: filter", "overlong.handling: filtre",
		"sloved", "acereason-1.1@stages.math-8k.group_size=9", "acereason-1.1@stages.rl-code-clean.*.words=13", "acereason-1.2@seed=1", "nowhere.SFTRows"} {
		if repo.has(name) {
			t.Errorf("%s is found, and not there", name)
		}
	}
}

// repository is what there is to name.
type repository struct {
	root   string
	tests  map[string]bool
	paths  []string            // of files and folders, from the root
	code   map[string][]string // texts of Go files but tests, by package folder's name
	fields []string            // of recipes, with dots
	words  map[string]bool     // texts that stand in package recipe and package objective as values
	recipe map[string]map[string]string
}

func readRepository(t *testing.T) repository {
	t.Helper()
	r := repository{root: filepath.Join("..", ".."), tests: map[string]bool{}, code: map[string][]string{}, words: map[string]bool{}, recipe: map[string]map[string]string{}}
	test, word := regexp.MustCompile(`(?m)^func (Test\w+)\(`), regexp.MustCompile(`"([a-z][a-z0-9_-]*)"`)
	err := filepath.WalkDir(r.root, func(file string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		if err != nil || entry.IsDir() && (name == ".git" || name == "bin" || name == ".temper") {
			return fs.SkipDir
		}
		r.paths = append(r.paths, "/"+strings.TrimPrefix(filepath.ToSlash(file), "../../"))
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, "_test.go") {
			for _, m := range test.FindAllStringSubmatch(string(text), -1) {
				r.tests[m[1]] = true
			}
			return nil
		}
		folder := filepath.Base(filepath.Dir(file))
		r.code[folder] = append(r.code[folder], string(text))
		if folder == "recipe" || folder == "objective" {
			for _, m := range word.FindAllStringSubmatch(string(text), -1) {
				r.words[m[1]] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fieldPaths(reflect.TypeFor[Recipe](), "", 0, &r.fields)
	for _, name := range Names() {
		values := map[string]string{}
		tree, err := treeOf(named(t, name))
		if err != nil {
			t.Fatal(err)
		}
		leaves(tree, "", "", func(path string, leaf *yaml.Node, _ string) { values[path] = valueOf(leaf) })
		r.recipe[name] = values
	}
	return r
}

// fieldPaths lists the fields below a type, members of lists and maps without a name.
func fieldPaths(of reflect.Type, at string, depth int, into *[]string) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || depth > 8 {
		return
	}
	for _, f := range reflect.VisibleFields(of) {
		if key := keyOf(f); key != "" && key != "-" {
			path := join(at, key)
			*into = append(*into, "."+path)
			fieldPaths(f.Type, path, depth+1, into)
		}
	}
}

var (
	goName    = regexp.MustCompile(`^(\w+)\.([A-Z]\w*)$`)
	fieldName = regexp.MustCompile(`^([a-z_0-9-]+(?:\.[a-z_0-9-]+)*)(?:: ([\w-]+))?$`)
	constant  = regexp.MustCompile(`^([a-z0-9.-]+)@([\w.*-]+)=(.*)$`)
)

// terms are the papers' words and commands, which nothing declares.
var terms = []string{"avg@k", "pass@k", "maj@k", "make check", "<think>", "</think>", `\boxed{}`}

// has says whether what a token names exists.
func (r repository) has(token string) bool {
	if m := constant.FindStringSubmatch(token); m != nil {
		for at, value := range r.recipe[m[1]] { // * is any part of a path
			if fits, err := path.Match(m[2], at); err == nil && fits && value == m[3] {
				return true
			}
		}
		return false
	}
	if m := goName.FindStringSubmatch(token); m != nil && !strings.HasSuffix(token, ".md") {
		return r.declares(m[1], m[2])
	}
	switch {
	case slices.Contains(terms, token) || r.recipe[token] != nil:
		return true
	case strings.HasPrefix(token, "Test"):
		return r.tests[token]
	case strings.Contains(token, "/") || regexp.MustCompile(`\.(go|md|yaml|html)$`).MatchString(token):
		return slices.ContainsFunc(r.paths, func(path string) bool { return strings.HasSuffix(path, "/"+strings.TrimSuffix(token, "/")) })
	}
	m := fieldName.FindStringSubmatch(token)
	if m == nil {
		return false
	}
	isField := slices.ContainsFunc(r.fields, func(path string) bool { return strings.HasSuffix(path, "."+m[1]) })
	isPlace := slices.ContainsFunc(r.paths, func(path string) bool { return strings.HasSuffix(path, "/"+m[1]) })
	isWord := r.words[m[1]] && m[2] == ""
	return (isField || isPlace || isWord) && (m[2] == "" || r.words[m[2]] || regexp.MustCompile(`^[0-9.]+$|^true$|^false$`).MatchString(m[2]))
}

// declares says whether a package, or a type of any package, has a name.
func (r repository) declares(owner, name string) bool {
	top := regexp.MustCompile(fmt.Sprintf(`(?m)^(func (\([^)]*\) )?|type |const |var |\t)%s\b`, name))
	if texts, ok := r.code[owner]; ok {
		return slices.ContainsFunc(texts, top.MatchString)
	}
	body := regexp.MustCompile(fmt.Sprintf(`(?s)\ntype %s struct \{\n(.*?)\n\}`, owner))
	member := regexp.MustCompile(fmt.Sprintf(`(?m)^\t(\w+, )*%s\b`, name))
	method := regexp.MustCompile(fmt.Sprintf(`(?m)^func \(\w* ?\*?%s\) %s\(`, owner, name))
	for _, texts := range r.code {
		for _, text := range texts {
			if m := body.FindStringSubmatch(text); m != nil && member.MatchString(m[1]) || method.MatchString(text) {
				return true
			}
		}
	}
	return false
}
