package math

import (
	"slices"

	"temper/model/library/latex"
	"temper/model/reward"
)

// Form is what a gold answer is read as.
type Form string

// The forms of gold answers.
const (
	FormNumber     Form = "number"
	FormFraction   Form = "fraction"   // of whole numbers
	FormQuantity   Form = "quantity"   // with a unit or a note, per cent or degrees
	FormExpression Form = "expression" // of numbers and variables
	FormOption     Form = "option"     // the letter of one
	FormTuple      Form = "tuple"      // or point, vector, ratio
	FormInterval   Form = "interval"   // and what unions make of them
	FormSet        Form = "set"
	FormList       Form = "list" // without brackets
	FormMatrix     Form = "matrix"
	FormEquation   Form = "equation"
	FormInequality Form = "inequality" // or x ∈ S
	FormText       Form = "text"       // words, or what cannot be read: compared as a text only
)

// Forms are all forms.
func Forms() []Form {
	return []Form{FormNumber, FormFraction, FormQuantity, FormExpression, FormOption, FormTuple, FormInterval, FormSet, FormList, FormMatrix, FormEquation, FormInequality, FormText}
}

// Gold is what the grader makes of a gold answer.
type Gold struct {
	// Value is the answer in the gold answer, which may be a text that says it.
	Value string
	Form  Form
	// Self is the verdict on a response that gives the value in a box.
	Self reward.Result
}

// ReadGold tells what the grader makes of a gold answer.
func ReadGold(gold string) Gold {
	g := Gold{Value: gold, Form: FormText}
	inBudget(gold, func(p *pair) reward.Result {
		g.Value = reference(p.budget, gold)
		if isOption(g.Value) {
			g.Form = FormOption
		} else if n, ok := latex.Parse(p.budget, g.Value, latex.Options{}); ok {
			g.Form = formOf(n)
		}
		return reward.Result{}
	})
	if err := CheckGold(gold); err != nil {
		g.Self = reward.Result{Verdict: reward.Ungradable, Reason: "the gold answer " + err.Error()}
		return g
	}
	g.Self = Grade(think+box+"{"+g.Value+"}", gold)
	return g
}

func formOf(n *latex.Node) Form {
	n = unsigned(n)
	switch n.Kind {
	case latex.Number, latex.Based:
		return FormNumber
	case latex.Quantity, latex.Percent, latex.Degrees:
		return FormQuantity
	case latex.Tuple:
		if isRound(n) && !slices.ContainsFunc(n.Args, func(a *latex.Node) bool { return infinity(a) != 0 }) || n.Open == ":" {
			return FormTuple
		}
		return FormInterval
	case latex.Region:
		return FormInterval
	case latex.Set:
		return FormSet
	case latex.List:
		return FormList
	case latex.Matrix:
		return FormMatrix
	case latex.Relation:
		if slices.ContainsFunc(n.Ops, func(op string) bool { return op != "=" && op != "≈" && op != "≡" }) {
			return FormInequality
		}
		return FormEquation
	case latex.Quotient:
		if unsigned(n.Args[0]).Kind == latex.Number && unsigned(n.Args[1]).Kind == latex.Number {
			return FormFraction
		}
	}
	if n.Kind == latex.Text || n.Has(latex.Text) {
		return FormText
	}
	return FormExpression
}
