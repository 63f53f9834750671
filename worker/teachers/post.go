package teachers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"temper/model/library/jsonkind"
	"temper/model/teacher"
)

// longestBody bounds what a server may answer: a response of 128k tokens with its log-probabilities is less.
const longestBody = 64 << 20

// document is the body of POST chat/completions. (A client library would give its type and this
// request; OpenAI's own makes the worker half as large again and its build a third longer.)
type document struct {
	Model       string            `json:"model"`
	Messages    []teacher.Message `json:"messages"`
	Temperature float64           `json:"temperature"`
	TopP        float64           `json:"top_p"`
	MaxTokens   int               `json:"max_tokens"`
	Seed        int64             `json:"seed"`
}

// post sends a request once and gives the body of the answer.
func (e *endpoint) post(ctx context.Context, r teacher.Request) ([]byte, error) {
	seed, err := r.Seed()
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(document{r.Model, r.Messages, r.Temperature, r.TopP, r.MaxTokens, seed})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if e.key != "" {
		req.Header.Set("Authorization", "Bearer "+e.key)
	}
	res, err := e.http.Do(req)
	if err != nil {
		return nil, errors.New(jsonkind.Clip(e.clean(err.Error())))
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return nil, e.failed(res)
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, longestBody+1))
	if err != nil {
		return nil, errors.New(jsonkind.Clip(e.clean(err.Error())))
	}
	if len(answer) > longestBody {
		return nil, fmt.Errorf("the answer is longer than %d bytes", longestBody)
	}
	return answer, nil
}
