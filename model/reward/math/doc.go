// Package math judges mathematical answers by rule.
//
// The answer of a response is the content of the last \boxed{…} of the text after its last
// </think> (AceReason-Nemotron 1.0 §3.1); see Extract for the exact rule, and
// ExtractLenient for models that do not box. Packages latex and numeric read answers and
// compute with 448 bits.
//
// An answer is correct if it denotes what the gold answer denotes:
//
//   - Expressions of rational numbers are computed exactly. All others are compared by
//     value: at four points with real values if they have variables (the points derive
//     from the names, so a verdict never changes), else with complex ones. Two values are
//     equal if they agree to 320 bits; a constant term that is smaller or larger than the
//     rest by 2^128 makes them unequal unless the expression is rational: 7 + 2^-400·π is not 7.
//   - Tuples, intervals and vectors are compared part by part with their brackets, sets and
//     lists without brackets in any order, matrices after sums and products are carried out.
//   - Inequalities, unions and intervals are compared as sets of real numbers, at all ends
//     and between them. The ends of an inequality are the real roots of both sides'
//     difference, so x > 3 is not x > 3 and x ≠ 7. Functions in cases are compared at and
//     between the ends of their conditions; equations, and inequalities without known ends, up to a factor.
//   - What cannot be read as mathematics is compared as a text, without type setting,
//     blanks, case and punctuation; no text equals another.
//
// # Conventions
//
// Where public graders differ, these hold:
//
//   - "x = 5" is 5, and "x ∈ S" is S, if a name stands on the left: a letter, f(x), AB,
//     \frac{NO}{BO}, A:B, (x,y), |a+b|. "a + 3z = 0" is not 0. x = 5 is not y = 5, but
//     f(x) = x² is f(t) = t² and y = x². Of a = b = c the last counts, and of a ⇒ b what
//     follows. What is left of ≈ counts, or what is right of it after a name, in the gold
//     answer, or for a gold answer with decimals.
//   - Two equations are the same up to a constant factor and their denominators: y = 2x + 3
//     is 2x - y + 3 = 0, and xy = 1 is y = 1/x.
//   - A bare list is in no order (solutions have none), even after "n =", and an element
//     counts as often as it stands there: 3, 3, 5 is not 3, 5 and 5, 5 is not 5, while
//     {3,3,5} is {3,5} and "1/2 or 0.5" is 1/2. Without brackets 1,3 is also the tuple
//     (1,3), in that order, and "y = 3, x = 1" is (1,3). Names bind: "p = 7, q = 3" is 7, 3
//     and not 3, 7, but for x_1 = 2, x_2 = 5, and "5 red, 6 blue" is not 6, 5 (PRIME,
//     Qwen2.5-Math and Math-Verify compare the values only). (1,2) is not [1,2), {1,2} or
//     (2,1); a column vector is a tuple,
//     ]1,2] is (1,2], and {5} is 5. That k is an integer goes without saying; if an answer
//     says it, its letter does not count, and kπ - π/4 is nπ + 3π/4; the parts of a point
//     move together. Constants of integration may have other letters, and so may constants
//     that words list; + C takes up any constant.
//   - A ± with nothing before it is chosen for itself: (±1, ±2) are four points. Those after a value are chosen together, as in
//     (1±√2, 3±√2), and so are all if there is a ∓, or words say "with equal signs".
//   - A letter before a bracket is a function if the bracket holds one number or letter, an
//     event or a list; Γ, ζ, Φ, f, g, h, F and G always are, and so is \operatorname{Name}.
//     x(x+1), a(b+c) and P(1+r) are products. f^{-1} and \sinh^{-1} are inverse functions,
//     as for Math-Verify. dx is one
//     symbol, and derivatives, integrals, limits and endless sums are compared as such: they
//     are equal if their parts are, whatever the bound variable is called.
//   - Matrices, operators and compositions do not commute: capital letters beside an inverse
//     or a transpose, or in both orders, aba^{-1}, letters with a hat, f ∘ g, and a product of nothing
//     but capitals. With an arrow, a hat or bold type × is the cross product. V = IR is
//     V = RI. 3i + 4j is (3,4).
//   - Several inequalities hold together, after "and" or a comma too, unless no number
//     fulfils them all, as with x < 1 and x > 2: then one of them is enough, as after "or".
//   - Words after a value, or after a symbol, are a part of the answer, unless they are in a
//     list of units, of filler ("ways", "in total") or of things that are counted: those one
//     side may leave out. Two different units, currencies, prefixes or things are a
//     difference, and so are per cent or degrees and another unit, while "square units" are
//     those of any area; an unknown word on one
//     side only is one too, as in "5 loss", "5 bytes more" and "n is even". (Math-Verify,
//     NeMo-Skills, LightEval and Qwen2.5-Math drop all words after a number, of which a model
//     that is rewarded for answers finds out; verl's DAPO grader has a list as we do.)
//     "5 million", "5 lakh", "5 ninths" and "three hundred and five" are numbers. "5 or more"
//     is not 5. "(mod 7)" may be left out like a unit; with it on both sides, 3 is 10. The
//     vector AB is not BA, and z or X with a bar is not z or X.
//   - A gold answer of words and several formulas is compared whole, unless it says "the
//     answer is". Values that \quad, a comma or "and" join are all a part of it.
//   - m + n = 33 and 100m + n = 33 are 33, but x + y = 7 is not 7. 20:34 is 8:34 p.m.; 3/4/2020 is a day, not a
//     quotient, and 6:30 is a time, as no ratio has a common factor. 4:30
//     is not 2:15, which may be a time, while 6:4 is 3:2. 60° 30' is 60.5°.
//   - 50% is 50 and is 0.5; 180° is 180 and is π. But 50 is not 0.5, and within a
//     calculation 50% is 0.5 only.
//   - 12,345 is one number; 12, 345 is two, and 25,100,55 three, as not all its groups have
//     three digits. 2e-1 alone is 0.2 or 2e - 1, whichever fits, and 2e - 1 within an
//     expression. 0.1(6) and 0.1666… are 1/6. 2,74 is 2.74 if the gold answer is a decimal.
//     3 3 is nothing.
//   - A decimal of at least six digits, or of five with four decimals, stands for a value
//     that is no integer and no decimal, if it is that value rounded or cut: 1.41421 is √2,
//     0.33333 is 1/3 and 0.333 is not. An integer is that integer only (prm800k's grader asks
//     for its digits), and 2.0000000000000004 is not 2. Two
//     decimals are compared exactly, unless the shorter has six decimals, or one has the 16
//     digits that computers print: 0.30000000000000004 is 0.3.
//   - A whole number with a proper fraction is a mixed number; with an improper one it is
//     nothing. log without a base is to base 10 or natural, whichever fits on both sides.
//     a:b is a/b, and 1:2:3 is 2:4:6. x^10 without braces is x^{10}, as in plain text.
//     i and e are the constants. Numbers in a base equal only numbers in that base, which
//     was asked for: 338_9 is not 278_{10}.
//   - A letter's case counts; in words it does not. (C) is C, and so is "(C) seven". BD is
//     "B, D". If the gold answer is an option's letter, a text may say it: "It must be C".
//     For a gold answer without a letter, what stands after the letter counts: "(C) 7" is 7.
//     The words of "red and blue" are in no order. "The answer is" in a box does not count.
//   - Roots and powers are real where they can be: (-8)^{1/3} is -2. Domains count
//     where one side has a value everywhere: \sqrt{x}^2 and e^{ln x} are neither x nor |x|,
//     and \frac12\ln x^2 is not \ln x, while \ln x + \ln y is \ln xy. In ⌊n/2⌋ and
//     (-1)^n the letters i to n are integers; factorials and binomial coefficients make
//     all variables integers.
//   - Grade does not carry out a calculation for the answer, which is often the problem
//     itself: for a gold number or fraction a sum or product of numbers (but for 1 - 1/7), a
//     function other than a factorial, and below 10^9 a power or factorial are incorrect, for
//     one of roots and π a sum where it has none, products of several numbers, and \sin, \cos
//     or \tan, and for any gold answer
//     without them gcd, mod, ⌊…⌋, |…|, sums, products, integrals and limits of numbers
//     (prm800k's grader too wants the digits of an integer). Fractions,
//     powers of ten and larger powers may stay. 5x + 3 = 13 is not x = 2, but x - 2 = 0 is.
//     GradeLenient and GradeAnswer do carry a calculation out. In a chain of equations no
//     two numbers may contradict each other: 5 = 6 is not 6.
//
// # Bounds
//
// No answer hangs the grader: none, with any gold answer, takes more than 0.2 seconds of a
// core or asks for more than 64 MiB of memory, which TestHostileAnswersAreBounded and FuzzGrade
// try with some forty kinds of answers. Each pair has one budget of steps and bytes, from which all
// that is done with it is taken before it is done: looking for the answer, reading both,
// copying and comparing. An answer that takes more is incorrect, unless it is written like
// the gold answer; a gold answer of which reading alone takes half of the budget makes the
// response ungradable. There is no clock in it: the same answer always gets the same verdict.
//
// An answer beyond MaxAnswer bytes is incorrect. One nested deeper than 50 levels, or with
// what cannot be read, is compared as a text. Numbers are computed up to 2^32768 exactly and
// 2^65536 else; an answer with a larger one is incorrect unless it is written like the gold
// answer. A gold answer that is empty or too long makes the response ungradable, and so does
// a fault of the grader itself. ReadGold tells of a gold answer, before any response, what it
// is read as and whether it is correct against itself.
package math
