// Package domain is the table of reward domains. A domain says what its problems must
// hold, with which text they are asked, and how a verdict on a response is had. To add
// one: a file here with its value, a line in the table, its word in package recipe.
package domain

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward"
	"temper/model/reward/code"
)

// Domain is one kind of problem with its verifier.
type Domain struct {
	// Name is the recipe's word for it.
	Name recipe.Domain
	// Text is the user's message to a question, with recipe.QuestionPlaceholder in it, as the recipe has it.
	Text func(recipe.Prompt) string
	// Check says what a problem lacks to judge a response by. It is asked of every problem
	// before anything is sampled.
	Check func(dataset.Problem) error
	// Read says how well a response can be compared with a problem's reference answer; nil
	// where a response is not compared.
	Read func(dataset.Problem) Reading
	// External says that an activity of the user's judges: what follows is nil, and rows of
	// data may hold any fields, which go to that activity.
	External bool
	// Version names everything that a verdict depends on beside problem and response.
	Version func(Means) string
	// Part is what is judged of a response, or why there is nothing to judge: then the
	// response is incorrect. What is the same in two responses to a problem is judged once.
	Part func(by Means, p dataset.Problem, response string) (part, none string)
	// Judge gives the verdict on a part. An error is a fault of the judge, never of the response.
	Judge func(ctx context.Context, by Means, p dataset.Problem, part string) (reward.Result, error)
	// Longest is how long one verdict on a problem may take; 0 where nothing runs.
	Longest func(by Means, p dataset.Problem) time.Duration
	// Alive says whether the judge works, by something whose verdict is known. It tells a
	// response that cannot be judged from a judge that is broken.
	Alive func(context.Context, Means) error
}

// Reading is what a judge makes of a reference answer.
type Reading struct {
	// AsText says that it is compared as a text only.
	AsText bool
	// Fault says why a response that gives it back would not be correct, "" if it would be.
	Fault string
}

// Means are what verdicts are given with.
type Means struct {
	// Sandbox runs programs.
	Sandbox Sandbox
	// Programs is how programs are found in responses, and under which limits they run.
	Programs recipe.Programs
	// Grading is the rules of a benchmark; rewards have "".
	Grading recipe.Grading
}

// Sandbox judges one untrusted program by its tests, under their own limits where they state
// any. An error is a fault of the
// sandbox, never of the program.
type Sandbox interface {
	Grade(ctx context.Context, program string, tests code.Tests) (reward.Result, error)
	// Version names everything that a verdict depends on beside the program and its tests.
	Version() string
	// Longest is how long one program may take on these tests.
	Longest(tests code.Tests) time.Duration
}

// table holds all domains.
var table = []Domain{mathDomain, codeDomain, graphDomain, activityDomain}

// Of returns a domain by its name.
func Of(name recipe.Domain) (Domain, error) {
	i := slices.IndexFunc(table, func(d Domain) bool { return d.Name == name })
	if i < 0 {
		var list []string
		for _, d := range table {
			list = append(list, string(d.Name))
		}
		return Domain{}, fmt.Errorf("domain is %q; valid: %s", name, strings.Join(list, ", "))
	}
	return table[i], nil
}

// Names lists all domains.
func Names() []recipe.Domain {
	names := make([]recipe.Domain, len(table))
	for i, d := range table {
		names[i] = d.Name
	}
	return names
}
