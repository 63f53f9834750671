package recipe_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"temper/model/recipe"
)

// The reference of recipes, made from the types and their comments: a page for people, and a JSON
// Schema for editors. TestReference fails where they are not those of the types;
// TEMPER_UPDATE=1 go test -run TestReference ./model/recipe writes them.
const (
	referencePage   = "../../docs/recipe.md"
	referenceSchema = "../../docs/recipe.schema.json"
)

func TestReference(t *testing.T) {
	r := reference{comments: map[string]string{}, words: map[string][]string{}}
	for _, folder := range []string{".", "../objective"} {
		r.read(t, folder)
	}
	schema, err := json.MarshalIndent(r.schema(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]byte{referencePage: r.page(), referenceSchema: append(schema, '\n')} {
		if os.Getenv("TEMPER_UPDATE") != "" {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not that of the types (%v); TEMPER_UPDATE=1 go test -run TestReference ./model/recipe writes it", path, err)
		}
	}
}

// reference is what the source says of the types of a recipe.
type reference struct {
	// comments are those of "Type" and "Type.Field"; words are the constants of "Type".
	comments map[string]string
	words    map[string][]string
	// structs are those that the page has a section for, in the order in which they are met.
	structs []reflect.Type
}

// read collects comments and constants of the package in a folder.
func (r *reference) read(t *testing.T, folder string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range files {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), folder+"/"+entry.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok {
				r.declaration(file.Name.Name, d)
			}
		}
	}
}

func (r *reference) declaration(pkg string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			name := pkg + "." + s.Name.Name
			r.comments[name] = sentence(d.Doc, s.Doc)
			if fields, ok := s.Type.(*ast.StructType); ok {
				for _, f := range fields.Fields.List {
					for _, field := range f.Names {
						r.comments[name+"."+field.Name] = sentence(f.Doc, f.Comment)
					}
				}
			}
		case *ast.ValueSpec:
			of, ok := s.Type.(*ast.Ident)
			if d.Tok != token.CONST || !ok {
				continue
			}
			for _, value := range s.Values {
				if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					text, _ := strconv.Unquote(literal.Value)
					r.words[pkg+"."+of.Name] = append(r.words[pkg+"."+of.Name], text)
				}
			}
		}
	}
}

// sentence is a comment as one paragraph.
func sentence(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if text := strings.Join(strings.Fields(g.Text()), " "); text != "" {
			return text
		}
	}
	return ""
}

// member is a field of a type, as recipes have it.
type member struct {
	key, comment string
	of           reflect.Type
}

// members are the fields of a struct. Fields of a comment for several have it once.
func (r *reference) members(t reflect.Type) []member {
	var all []member
	for _, f := range reflect.VisibleFields(t) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || key == "-" || key == "" || t == reflect.TypeFor[recipe.Stage]() && f.Type.Kind() == reflect.Pointer {
			continue // the settings of a kind have sections of their own
		}
		all = append(all, member{key, r.comments[t.String()+"."+f.Name], f.Type})
	}
	for i := range all {
		all[i].comment = inKeys(all[i].comment, t)
	}
	return all
}

// inKeys is a comment in which fields of the struct have the names that recipes give them.
func inKeys(comment string, t reflect.Type) string {
	for _, f := range reflect.VisibleFields(t) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "" || key == "-" {
			continue
		}
		name := regexp.MustCompile(`^` + f.Name + `\b`)
		if strings.ToLower(f.Name[1:]) != f.Name[1:] { // no word of English
			name = regexp.MustCompile(`\b` + f.Name + `\b`)
		}
		comment = name.ReplaceAllString(comment, key)
	}
	return comment
}

// kinds are the kinds of stages, with the types of their settings.
func kinds() (names []string, settings []reflect.Type) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[recipe.Stage]()) {
		if f.Type.Kind() == reflect.Pointer {
			names, settings = append(names, f.Tag.Get("json")), append(settings, f.Type.Elem())
		}
	}
	return names, settings
}
