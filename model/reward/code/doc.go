// Package code judges programs by their tests.
//
// The package is pure: it says what may enter a sandbox (Extraction, Inputs) and
// compares what came out with what was expected (Judge). Expected values never
// leave it, so a program cannot read them, patch the comparison or exit early into a
// pass. Running the program is the business of activities/sandbox.
//
// A program is correct if and only if every test passes within the limits
// (AceReason-Nemotron 1.0 §3.1). Where graders disagree, this one decides so:
//
//   - An expected integer wants that integer: 4.0 is 4, 1000000006.5 is not 1000000007
//     (harnesses that use numpy.allclose, such as APPS's and the AceReason toolkit's, take it).
//   - A number that is expected with a point may differ by 1e-6 where it is printed, 1e-9
//     where it is returned, but not by more than a hundredth of itself: 0 is no answer where
//     1e-7 is expected. LiveCodeBench compares decimals exactly; see AsLiveCodeBench.
//   - Empty lines, and the case of yes and no, do not count in an output: contests'
//     checkers seldom want them. Other words do; IgnoreCase is for problems that say otherwise.
//   - A boolean is no integer, but by the rules that are Python's own ==.
//   - A function that returns nothing where a value is expected gives its first argument,
//     as it left it (LeetCode's way).
//   - Of several blocks the last complete one is the program, but one that defines what the
//     tests call goes before an example of use; NeMo-Skills takes the first, LiveCodeBench
//     what stands between the last two fences, whatever it is.
//   - A response without </think> has no program, as in NeMo-Skills, unless the recipe says
//     that the policy does not reason: thinking aloud without an end earns nothing.
//   - Names of JSON objects are strings, and arrays lists, unless the data set's own harness
//     makes them something else (APPS and TACO: integer keys; see IntKeys).
package code
