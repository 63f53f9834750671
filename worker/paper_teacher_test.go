package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"temper/model/recipe"
	"temper/model/synthetic"
	"temper/model/tokenizer"
)

// workedTeacher is a server that answers the questions of a scaled recipe with the generator's worked solutions, most
// of them rightly: of ten responses one has another answer, and so have all of them to one question of twelve.
type workedTeacher struct {
	*httptest.Server
	mu sync.Mutex
	// wrong and right are how many it has given.
	wrong, right int
}

// workedSamples is how many solutions of a question differ.
const workedSamples = 8

func newWorkedTeacher(t *testing.T, r recipe.Recipe) *workedTeacher {
	solutions := workedSolutions(t, r)
	words, err := tokenizer.New(tokenizer.Synthetic)
	if err != nil {
		t.Fatal(err)
	}
	s := &workedTeacher{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		var body struct {
			Seed     int64
			Messages []struct{ Content string }
		}
		if err := json.NewDecoder(request.Body).Decode(&body); err != nil || len(body.Messages) != 1 {
			t.Errorf("a request %+v: %v", body, err)
		}
		question := body.Messages[0].Content
		said := solutions[question]
		if len(said) == 0 {
			t.Errorf("the teacher is asked %q, which is no question of the task", question)
			said = []string{"</think>"}
		}
		drawn := hashOf(question, body.Seed)
		text, wrong := said[drawn%len(said)], drawn/len(said)%10 == 0 || hashOf(question)%12 == 0
		if wrong {
			text = otherAnswer(text)
		}
		s.count(wrong)
		content, err := json.Marshal(text)
		tokens, encodes := words.Encode(text)
		if err != nil || encodes != nil {
			t.Error(err, encodes)
		}
		fmt.Fprintf(w, `{"model":"worked-solutions","choices":[{"finish_reason":"stop","message":{"content":%s}}],"usage":{"prompt_tokens":9,"completion_tokens":%d}}`, content, len(tokens))
	}))
	t.Cleanup(s.Close)
	return s
}

// hashOf is a number that values draw.
func hashOf(values ...any) int {
	hash := fnv.New32a()
	fmt.Fprint(hash, values...)
	return int(hash.Sum32() >> 8)
}

func (s *workedTeacher) count(wrong bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wrong {
		s.wrong++
	} else {
		s.right++
	}
}

// workedSolutions are the right responses to every question that the recipe's stages may ask, by the question.
func workedSolutions(t *testing.T, r recipe.Recipe) map[string][]string {
	t.Helper()
	solutions := map[string][]string{}
	for name, d := range r.Data {
		if d.Synthetic == nil || !d.Synthetic.Worded || d.Synthetic.HeldOut {
			continue
		}
		asked, worked := *d.Synthetic, *d.Synthetic
		asked.Planted, worked.Planted, worked.Worded, worked.Kind = nil, nil, false, recipe.Demonstrations
		worked.Styles = map[recipe.Style]float64{recipe.Concise: 0.4, recipe.Verbose: 0.5, recipe.Guess: 0.1}
		worked.ResponsesPerPrompt = workedSamples
		problems, _, err := synthetic.Generate(name, asked, r.Seed)
		if err != nil {
			t.Fatal(err)
		}
		_, examples, err := synthetic.Generate(name, worked, r.Seed)
		if err != nil || len(examples) != workedSamples*len(problems) {
			t.Fatalf("%d solutions of %d problems: %v", len(examples), len(problems), err)
		}
		for i, e := range examples {
			p := problems[i/workedSamples]
			if e.Prompt != p.Prompt {
				t.Fatalf("%s is solved by %s", p.Prompt, e.Prompt)
			}
			solutions[p.Question] = append(solutions[p.Question], e.Response)
		}
	}
	return solutions
}

// otherAnswer is a response with another answer at its end.
func otherAnswer(response string) string {
	if before, boxed := strings.CutSuffix(response, "}"); boxed {
		last := before[len(before)-1]
		return before[:len(before)-1] + string('0'+(last-'0'+1)%10) + "}"
	}
	return response + "+1"
}
