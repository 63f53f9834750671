// Package synthetic generates the newcomer's task: small arithmetic and small
// programs, worked step by step, on which a model of 0.3 M parameters learns
// visibly within minutes. Every value is a single digit.
//
// # Math
//
// A start value and k labelled instructions, applied from left to right:
//
//	prompt  <user>9a-2b-3?<asst><think>      start at 9; a: subtract 2; b: subtract 3
//	answer  4
//	concise soa9-2=7nextb7-3=4</think>\boxed{4}
//	verbose soa9-2=7check7+2=9okthenb7-3=4wait4+3=7ok</think>\boxed{4}
//	guess   </think>\boxed{4}
//
// A step is a leading word, the label, and the operation with its result. The
// verbose style checks each step by its inverse. Words are drawn with unequal
// frequencies, so that the entropy of a response depends on the sampling
// temperature. All demonstrations are correct: styles differ in length only.
//
// # Code
//
// Two values of a linear function ask for the function, which is judged on
// x = 0..9, of which eight are hidden:
//
//	prompt  <user>f(2)=7,f(3)=9<asst><think>
//	concise soa9-7=2sob2*2=4thenc7-4=3</think>def f(x):return 2*x+3
//	tests   {"type":"function","name":"f","cases":[{"args":[0],"expect":3},...,{"args":[9],"expect":21}]}
//
// The steps find the slope (a), its product with the first x (b) and the constant (c).
//
// # Code from atomic functions
//
// With depths, a code problem names atomic functions, of which the first is applied
// first, and asks for their composition:
//
//	a1..a9 x+N   b1..b9 x-N   c2..c4 x*N   d2..d9 x%N   e1..e9 N-x
//
//	prompt  <user>a3c2d5?<asst><think>
//	concise sox+3then(x+3)*2so((x+3)*2)%5</think>def f(x):return ((x+3)*2)%5
//	verbose sox+3checkf(1)=4okthen(x+3)*2...
//
// What a name means is nowhere in the prompt: it is learned, from atomic functions
// alone (depth 1) or not. After the programs from atomic functions of Chen et al. 2024.
//
// # Base text
//
// Base text is the same work without chat tokens. The part before the first
// leading word is the prompt and carries no loss:
//
//	9a-2b-3?soa9-2=7nextb7-3=4
//	f(2)=7,f(3)=9soa9-7=2sob2*2=4thenc7-4=3;2*x+3
//
// # Held-out problems
//
// A fifth of all identities, chosen by a hash, is held out: see HeldOut. The
// identity of a code problem is its function, so that no example pair of a
// held-out function is ever trained on. That of a composition are its names; atomic
// functions alone are never held out.
package synthetic
