// Package teacher is what a stage of kind teach asks another model for, and what it makes of
// the answers: requests and their keys, responses as servers of the OpenAI chat protocol
// give them, and the examples that are made of responses.
//
// Everything here is a pure function of its arguments; who sends requests is elsewhere.
package teacher

import (
	"strconv"

	"temper/model/artifact"
	"temper/model/recipe"
)

// Message is one message of a conversation; Role is "system" or "user".
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Request asks for one response.
type Request struct {
	// Model is what the endpoint calls the model.
	Model       string    `json:"model"`
	Messages    []Message `json:"messages"`
	Temperature float64   `json:"temperature"`
	TopP        float64   `json:"top_p"`
	// MaxTokens is the budget of the response, in the teacher's tokens.
	MaxTokens int `json:"max_tokens"`
	// Sample tells requests apart that are the same otherwise, from 0.
	Sample int `json:"sample"`
}

// Ask is the request for a sample of the response to the user's message; system "" is none.
func Ask(s recipe.Teach, system, user string, sample int) Request {
	r := Request{Model: s.Model, Temperature: s.Temperature, TopP: s.TopP, MaxTokens: s.MaxTokens, Sample: sample}
	if system != "" {
		r.Messages = append(r.Messages, Message{"system", system})
	}
	r.Messages = append(r.Messages, Message{"user", user})
	return r
}

// Key names the response to a request: the SHA-256 of the request's JSON form, in hexadecimal.
func (r Request) Key() (string, error) { return artifact.Digest(r) }

// Seed is the seed for servers that take one: a whole number below 2³¹ that differs from
// sample to sample, and is the same for the same request.
func (r Request) Seed() (int64, error) {
	key, err := r.Key()
	if err != nil {
		return 0, err
	}
	seed, err := strconv.ParseInt(key[:8], 16, 64)
	return seed & (1<<31 - 1), err
}
