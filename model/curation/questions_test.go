package curation

import (
	"slices"
	"testing"

	"temper/model/recipe"
)

func TestQuestionKinds(t *testing.T) {
	cases := []struct {
		kind     recipe.QuestionKind
		question string
	}{
		{recipe.QuestionMultiPart, "A ball falls. (a) How high does it jump? (b) How long does it take?"},
		{recipe.QuestionMultiPart, "Let $f(x)=x^2$.\n(i) Find $f(2)$.\n(ii) Find $f(3)$."},
		{recipe.QuestionMultiPart, "1. Find the sum. 2. Find the product."},
		{recipe.QuestionMultiPart, "Part A: find $x$. Part B: find $y$."},
		{recipe.QuestionChoice, "What is $2+2$? (A) 3 (B) 4 (C) 5 (D) 6"},
		{recipe.QuestionChoice, "What is $2+2$?\nA. 3\nB. 4\nC. 5"},
		{recipe.QuestionChoice, `What is it? $\textbf{(A)}\ 1 \qquad \textbf{(B)}\ 2 \qquad \textbf{(C)}\ 3$`},
		{recipe.QuestionChoice, "Which of the following numbers is prime: 9, 15, 17?"},
		{recipe.QuestionTrueFalse, "True or false: every prime is odd."},
		{recipe.QuestionTrueFalse, "Determine whether the following statement is true: $0 < -1$."},
		{recipe.QuestionProof, "Prove that $\\sqrt{2}$ is irrational."},
		{recipe.QuestionProof, "Let $n$ be odd. Show that $n^2-1$ is divisible by 8."},
		{recipe.QuestionNonEnglish, "¿Cuál es el valor de la suma que se obtiene con los dos números?"},
		{recipe.QuestionNonEnglish, "求方程 $x^2=4$ 的所有解。"},
		{recipe.QuestionNonEnglish, "Wie viele Äpfel hat die Frau und wie viele hat der Mann?"},
		{recipe.QuestionNonEnglish, "Найдите сумму чисел от 1 до 100."},
		{recipe.QuestionFigure, "In the figure below, find the area of the shaded region."},
		{recipe.QuestionFigure, "Find $x$. [asy] draw((0,0)--(1,1)); [/asy]"},
		{recipe.QuestionFigure, "What is the angle in the diagram?"},
		{recipe.QuestionShort, "Find $x$."},
	}
	all := recipe.Questions{MinWords: 4, Drop: []recipe.QuestionKind{
		recipe.QuestionMultiPart, recipe.QuestionChoice, recipe.QuestionTrueFalse, recipe.QuestionProof, recipe.QuestionNonEnglish, recipe.QuestionFigure, recipe.QuestionShort}}
	for _, c := range cases {
		row := []Row{{ID: "x", Question: c.question}}
		if got := dropped(t, recipe.Rule{Questions: &all}, row, Given{}); !slices.Equal(got, []string{"x " + string(c.kind)}) {
			t.Errorf("%q: %q, want %s", c.question, got, c.kind)
		}
		others := all
		others.Drop = slices.DeleteFunc(slices.Clone(all.Drop), func(k recipe.QuestionKind) bool { return k == c.kind })
		if got := dropped(t, recipe.Rule{Questions: &others}, row, Given{}); len(got) != 0 {
			t.Errorf("%q is %q too", c.question, got)
		}
	}
	for _, plain := range []string{
		"Let $f(a) = (a+b)(a-b)$ for all real $a$. What is $f(2)$ when $b=1$?",
		"Points A, B. and C lie on a circle. Find the angle at B.",
		"Tom has 3 apples and buys 1. How many does he have? He eats 2. How many are left in the end?",
		"Show that the sum of the numbers is constant, and find its value.",
		"Let $x$ be the number for which the equation holds. Compute $x$.",
		"Café owner José sells 12 coffees on each day. How many does he sell in a week?",
		"How many graphs with 4 vertices are there up to isomorphism?",
		"A picture frame is 8 inches by 10 inches. What is its perimeter?",
	} {
		if got := dropped(t, recipe.Rule{Questions: &all}, []Row{{ID: "x", Question: plain}}, Given{}); len(got) != 0 {
			t.Errorf("%q is %q", plain, got)
		}
	}
}
