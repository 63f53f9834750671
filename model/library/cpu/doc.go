// Package cpu is a GoMLX backend with kernels of its own for amd64 processors
// that have AVX2 and FMA, or AVX-512. It computes float32, int32 and bool; other
// types, other operations and other processors are left to GoMLX's gobackend,
// through its public interface.
//
// # How it works
//
// A graph is built with gobackend, which infers shapes and finds mistakes, and
// recorded on the side (record*.go). At compile time
//
//   - what depends on no input is computed (fold.go),
//   - Reshape, Transpose, Slice, BroadcastInDim, barriers and repetitions become
//     views, which take no time: an axis of a view is a list of factors, so that
//     heads that were split and moved can be joined again without a copy
//     (view.go),
//   - elementwise operations, sums and maxima of rows and softmax are put into
//     groups, as far as no other operation lies between them (unit.go), and each
//     group becomes a program that runs over tiles of about a thousand elements,
//     which stay in the first-level cache (program.go),
//   - matrix products read both operands wherever they lie (dot.go, gemm.go),
//   - attention and its gradients are computed by blocks of 32 queries of a head,
//     whose scores exist one block at a time and only as far as the causal mask
//     lets them count (record_attention.go, attention.go, attention_run.go),
//   - padding becomes a concatenation with views of one element (record_pad.go),
//   - rows are gathered, and added in place if the operand is not needed again or
//     was donated (compile.go),
//   - neighbouring operations that gobackend must compute become one gobackend
//     graph (foreign.go),
//   - and all values that live between steps get their place in one block of
//     memory, which executions take and give back (schedule.go, memory.go).
//
// A graph with closures (While, If, Sort, Call) or random numbers is gobackend's
// as a whole.
//
// FusedScaledDotProductAttention and its VJP, which gobackend does not have, are
// there for float32, heads of up to 512 elements, groups of queries that share
// keys, both layouts, with the causal mask, a mask of booleans that all heads share,
// both or none (attention_span.go). Keys that no query of a block sees are not
// computed with: rows of several sequences cost what the sequences do. That is their
// limit: for additive masks, biases and lengths of sequences they return
// ErrNotImplemented, and GoMLX's attention layer then computes by way of the scores.
// The forward pass leaves no state; the backward pass computes the weights again.
//
// A call computes on the goroutine that makes it, and uses cores that no other
// call needs: a step that takes long (products, attention, groups) is cut into
// blocks of its result, rows, tiles or heads, and goroutines that live as long as
// the step take them as they come (crew.go). One count of those at work, for all
// calls of the process, keeps them from being more than the cores; "cpu:threads=N"
// bounds them. With as many calls as cores, such as parallel micro-batches and
// decoders, there are none, and it costs nothing.
//
// # Results
//
// Results are the same to the last bit from run to run, with any number of
// goroutines and threads, and with AVX2 as with AVX-512: an element of a product is
// one chain of fused multiply-adds over blocks of 512 terms, and the sum of a row
// adds eight interleaved sums in a fixed order. They do not depend on where a row
// stands among others or on how many there are: a batch may be cut anywhere, and
// what follows a query, if it is finite, changes nothing in its causal attention.
// They do differ from gobackend's, in the last places; "cpu:kernels=go" gives
// those. "cpu:kernels=avx2" gives up AVX-512, and changes nothing but speed.
//
// e^x, sigmoid and softmax return 0 where the result is below 2^-126. Of two zeros
// Max and Min return the second; NaN in either operand is the result. Elementwise
// kernels are within half a unit in the last place (+ - × ÷ √), 1.5 (e^x, 1/√x)
// or 3 (sigmoid) of the exact result. Indices of Gather are moved into range, as
// gobackend does; an index of ScatterSum that is out of range is an error.
//
// # Tests
//
// GoMLX's own tests of backends pass whole: 291 pass and 37 are skipped. Seven of
// those want attention in other types, with additive masks or biases; the others
// gobackend skips too, as the DotGeneral tests whose operand, accumulator and output
// types it does not combine. Every kernel is compared with double precision or, for
// integers, with Go. TestRandomGraphs compares graphs of random operations with
// gobackend; one in four of its runs, and attention's tests, share every step among
// threads. FuzzProduct, FuzzAttention and FuzzGraph draw shapes.
// TEMPER_CPU_STEPS=10000 makes TestNoGrowth run that long. The race detector needs
// -gcflags=all=-d=checkptr=0, since checkptr refuses pointers into the memory that
// all values share.
//
// SPEED.md has what every operation reaches of the peak.
//
// Not done: products of bfloat16; While bodies; writing the halves of a rotary
// embedding into their concatenation.
package cpu
