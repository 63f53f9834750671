package learnertest

import (
	"context"
	"encoding/json"
	"strings"

	"temper/activities"
	"temper/model/teacher"
)

// Teachers answers for every endpoint. The reasoning is a text that all of endpoint and request
// decide; the answer of even samples is the last word of the question, that of odd ones is 0, and
// every third response is cut.
type Teachers struct{}

// Concurrency is 4.
func (Teachers) Concurrency(string) (int, error) { return 4, nil }

// Ask answers at once.
func (Teachers) Ask(_ context.Context, endpoint string, r teacher.Request) (activities.Answer, error) {
	key, err := r.Key()
	if err != nil {
		return activities.Answer{}, err
	}
	question := strings.Fields(r.Messages[len(r.Messages)-1].Content)
	a := teacher.Response{Model: r.Model, Finish: "stop", Reasoning: endpoint + " " + key[:8], Content: `\boxed{0}`, PromptTokens: len(question), CompletionTokens: 8}
	if r.Sample%2 == 0 {
		a.Content = `\boxed{` + question[len(question)-1] + `}`
	}
	if r.Sample%3 == 2 {
		a.Finish = teacher.FinishLength
	}
	body, err := json.Marshal(a)
	return activities.Answer{Body: body, Response: a, Tries: 1}, err
}
