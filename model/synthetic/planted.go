package synthetic

import (
	"fmt"
	"strings"

	"temper/model/dataset"
	"temper/model/recipe"
)

// planted are the rows that curation has to find among tasks.
func planted(spec recipe.Synthetic, tasks []task, seed uint64) ([]dataset.Problem, error) {
	p := *spec.Planted
	var rows []dataset.Problem
	add := func(field string, row dataset.Problem) {
		row.ID = fmt.Sprintf("planted/%s/%d", field, len(rows)+1)
		rows = append(rows, row)
	}
	for i := range p.Repeated {
		row := tasks[i].worded()
		row.Question = "  " + strings.ReplaceAll(strings.ToUpper(row.Question), " ", "  ")
		add("repeated", row)
	}
	benchmark := spec
	benchmark.HeldOut, benchmark.Count, benchmark.Planted = true, p.Contaminated+p.SameSource, nil
	if benchmark.Count > 0 {
		held, err := drawTasks(newGenerator(p.BenchmarkSeed, "tasks"), benchmark)
		if err != nil {
			return nil, err
		}
		for i, t := range held {
			row := t.worded()
			if i < p.Contaminated { // the words alone give it away
				if row.URL != "" {
					row.URL += "-copy"
				}
				add("contaminated", row)
				continue
			}
			row.Question = "Find f(x), if " + t.question + "."
			add("same_source", row)
		}
	}
	others, err := others(spec, p.Unusable+p.Unfit, tasks, seed)
	if err != nil {
		return nil, err
	}
	for i, t := range others {
		row := t.worded()
		if i < p.Unusable {
			ways := unusable[t.domain]
			row.Question = ways[i%len(ways)](row.Question)
			add("unusable", row)
			continue
		}
		ways := unfit[t.domain]
		ways[(i-p.Unusable)%len(ways)](&row)
		add("unfit", row)
	}
	return rows, nil
}

// others are n tasks that are not among tasks.
func others(spec recipe.Synthetic, n int, tasks []task, seed uint64) (drawn []task, err error) {
	rng, seen := newGenerator(seed, "planted"), map[string]bool{}
	for _, t := range tasks {
		seen[t.id] = true
	}
	for tries := 0; len(drawn) < n; tries++ {
		if tries == maxTries {
			return nil, fmt.Errorf("of %d other problems only %d were found", n, len(drawn))
		}
		if t := drawTask(rng, spec, spec.CodeFraction == 1); !seen[t.id] {
			seen[t.id] = true
			drawn = append(drawn, t)
		}
	}
	return drawn, nil
}

// unusable are the ways to ask that no reward can be trusted with, of a question such as "What is 9 minus 2?".
var unusable = map[recipe.Domain][]func(question string) string{
	recipe.DomainMath: {
		func(q string) string { return "(a) " + q + "\n(b) And what is twice that?" },
		func(q string) string { return q + " (A) 1 (B) 2 (C) 3 (D) 4" },
		func(q string) string { return "True or false: " + strings.TrimSuffix(q, "?") + " is 7?" },
		func(q string) string { return "Prove that " + calculation(q) + " is a digit." },
		func(q string) string { return "¿Cuál es el resultado de la cuenta " + digits(q) + " en una línea?" },
		func(q string) string { return "In the figure below, " + strings.ToLower(q) },
		func(q string) string { return strings.Join(strings.Fields(digits(q))[:3], " ") },
	},
	recipe.DomainCode: {
		func(q string) string { return q + " If there are several answers, print any of them." },
		func(q string) string {
			return "This is an interactive problem. " + q + " Flush the output after each query."
		},
		func(q string) string { return q + " The function is the one in the picture: ![f](f.png)" },
	},
}

// calculation is what a question asks for.
func calculation(question string) string {
	return strings.TrimSuffix(strings.TrimPrefix(question, "What is "), "?")
}

// digits are a question's numbers.
func digits(question string) string {
	return strings.Join(strings.FieldsFunc(question, func(r rune) bool { return r < '0' || r > '9' }), " ")
}

// unfit are the ways in which a problem cannot be judged, or should not be.
var unfit = map[recipe.Domain][]func(*dataset.Problem){
	recipe.DomainMath: {
		func(p *dataset.Problem) { p.Answer = strings.Repeat("1234567890", 10) },
		func(p *dataset.Problem) { p.Answer = "..." },
	},
	recipe.DomainCode: {
		func(p *dataset.Problem) { p.Golden = "" },
		func(p *dataset.Problem) { p.Golden = "def f(x):return x-100" },
		func(p *dataset.Problem) {
			p.Tests, p.Golden = functionTests(func(int) int { return 0 }), "def f(x):return 0"
		},
		func(p *dataset.Problem) { p.Released = "2024-09-01" },
	},
}
