package source

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"temper/model/dataset"
	"temper/model/library/jsonl"
	"temper/model/recipe"
)

// trivia is what a new format takes: a reader of rows, and a mapping of a row.
var trivia = Source{
	Name: "trivia",
	Rows: func(from *bufio.Reader, limit int, read func(int, jsonl.Object, error) error) error {
		rows, err := csv.NewReader(from).ReadAll()
		if err != nil {
			return &fileError{err}
		}
		for i, row := range rows {
			if limit > 0 && i == limit {
				break
			}
			object := jsonl.Object{}
			for k, name := range []string{"clue", "solution"} {
				object[name], _ = json.Marshal(row[k])
			}
			if err := read(i+1, object, nil); err != nil {
				return fmt.Errorf("line %d: %w", i+1, err)
			}
		}
		return nil
	},
	Map: func(_ recipe.Dataset, frame Frame) Mapping {
		return func(id string, row jsonl.Object) ([]dataset.Problem, []dataset.Example, error) {
			texts, err := row.Texts("clue", "solution")
			if err != nil {
				return nil, nil, err
			}
			p, err := frame.ask(dataset.Problem{ID: id, Question: texts[0], Answer: texts[1]})
			return []dataset.Problem{p}, nil, err
		}
	},
}

// countdown is what a new generator takes.
var countdown = Source{
	Name: "countdown",
	Generate: func(_ string, d recipe.Dataset, _ Frame, seed uint64) ([]dataset.Problem, []dataset.Example, error) {
		var all []dataset.Problem
		for i := range d.Limit {
			n := int(seed) + i
			all = append(all, dataset.Problem{ID: fmt.Sprint("n:", n), Domain: recipe.DomainMath, Question: fmt.Sprintf("before %d?", n), Answer: fmt.Sprint(n - 1)})
		}
		return all, nil, nil
	},
}

// TestAddition: a format and a generator are a value each and a line in the table.
func TestAddition(t *testing.T) {
	before := table
	defer func() { table = before }()
	table = append(table[:len(table):len(table)], trivia, countdown)
	d := recipe.Dataset{Format: "trivia", Limit: 2}
	problems, _, err := Load("data.x: f.csv", d, []byte("\"1+1, please\",2\n2+2,4\n3+3,6\n"), TokenFrame())
	if err != nil || len(problems) != 2 || problems[0].Prompt != "<user>1+1, please<asst><think>" || problems[1].Answer != "4" || problems[1].ID != "line-2" {
		t.Errorf("problems %+v, %v", problems, err)
	}
	if _, _, err := Load("data.x: f.csv", d, []byte("1+1,2\n2+2,\n"), TokenFrame()); err == nil || err.Error() != `data.x: f.csv line 2: field "solution" is empty` {
		t.Errorf("got %v", err)
	}
	if _, _, err := Load("data.x: f.csv", d, []byte("\"a"), TokenFrame()); err == nil || !strings.HasPrefix(err.Error(), "data.x: f.csv: ") {
		t.Errorf("got %v", err)
	}
	s, err := Of(recipe.Dataset{Format: "countdown"})
	if err != nil || s.IsFile() {
		t.Fatalf("%+v, %v", s, err)
	}
	if problems, _, err = s.Generate("x", recipe.Dataset{Limit: 2}, TokenFrame(), 7); err != nil || len(problems) != 2 || problems[1].Answer != "7" {
		t.Errorf("problems %+v, %v", problems, err)
	}
}
