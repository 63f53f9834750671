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
// # Speed
//
// One core of a Sapphire Rapids server, of which registers alone do 159 GFLOP/s
// with AVX-512 and 96 with AVX2, and which copies 10 G elements a second from the
// second-level cache to it. "Alone" is the best of many runs on the same operands
// (BenchmarkProduct, BenchmarkOperation, BenchmarkAttention), "in a step" a training
// step of 4 x 128 tokens of the model with 854k parameters.
//
//	operation                      alone          in a step      bound by, and what was tried
//	x·w 512x128·128x384            133 GFLOP/s    109 (69 %)     operands from L2 and L3; B goes to panels of 32 columns, which
//	                               (84 %)                        costs 5 %; A is read in place, all its rows for one panel
//	the same with AVX2             79 (82 %)                     two loads of B and six broadcasts for 12 FMA; archsimd instead of
//	                                                             assembler spills registers: 42 % (on Zen 3)
//	dyᵀ·x 384x512·512x128          133 (84 %)     115 (72 %)     a product whose transpose is wanted is computed transposed
//	q·kᵀ 8 of 256x32·32x128        115 (72 %)     83 (52 %)      32 terms for a store of C, and the copy of k to panels
//	weights·v 8 of 256x128·128x32  131 (82 %)     104 (65 %)     reading the weights
//	x·W of a decode step, 24 rows  135 (85 %)     34 to 60       weights from L3 or memory, 14 to 18 GB/s (6 with AVX2, whose panels
//	                                                             are one cache line wide). B is read in place for up to 48 rows;
//	                                                             fetching 24 rows ahead made it three times faster
//	2 x 32·32x80 of a decode step  55 (35 %)                     two rows are four chains of FMA, half of what fills the pipelines
//	bias + softmax                                0.9 G elem/s   three passes over a row in L1; denormal results, which masked scores
//	                                                             gave, made it eight times slower. Softmax of 128 alone: 1.9 (AVX2: 1.2)
//	attention of 128 slots, both   45 GFLOP/s                    products of 32 terms, 43 %; softmax of short rows, 13 %; copies of
//	passes, 32-element heads       (28 %)                        blocks. FLOP that the mask hides are not counted. 1.6 times as fast
//	                                                             as by way of all scores (64 slots: 1.3)
//	the same, 512 and 2048 slots   71, 81 GFLOP/s                the same; 4.6 and 6.0 times. Blocks of 24, 36 or 48 queries are slower
//	the same with a mask, 7 or 24  as one sequence each          searching the bytes of the mask. A whole step takes 0.7
//	sequences in 512 or 2048 slots                               and 0.33 of the time that it does by way of blocks of scores
//	SwiGLU, forward and slope                     2.8 G ops/s    division and e^x, and four results of 768 KiB each for the backward pass
//	RMSNorm forward, 11 operations                4.7 G ops/s    loads and stores in L1, eight elements at a time
//	RMSNorm backward with the                     3.1 G ops/s    the same
//	residual, 10 operations
//	rotary halves, 3 operations                   1.4 G ops/s    runs of 16 elements, each with a call to copy
//	heads moved, transposed copy   1.0 G elem/s   0.8 G elem/s   one element per cache line
//	                               (10 %)
//	heads moved, rows of 32        3.2 (32 %)                    a call to copy for every row
//	concatenation, runs of 16      2.9 (29 %)                    the same
//	concatenation of rows          9.8 (98 %)                    the copy
//	padding of rows by 16 + 16     3.4 (34 %)                    runs of 16, 128 and 16, and the filling of two
//	gather of 512 rows of 128      6.4 (64 %)                    the call and a copy of 512 bytes for each
//	scatter of the same            3.8 (38 %)                    the operand is copied, unless it was donated; a call for each row,
//	                                                             vectors: 2.0 without
//	sums of rows of 128            12 G elem/s                   loads from L2, 47 GB/s
//	sums of columns                19 (AVX2: 11)                 the same; a product with ones, 24 % of peak of FMA
//	maxima of rows of 128          3.7                           a test for NaN beside every maximum
//	e^x, sigmoid                   1.7, 1.5                      vector ports: 26 operations for 8 elements, and a division
//	logarithm                      0.55                          Go's, one element at a time in double precision; only losses have it
//	addition                       6.7                           L2, 80 GB/s; 11 in L1, where groups have it
//	equality of int32 to a mask    1.1 (booleans)                two loads of strided views and a store of bytes; one comparison at a
//	                                                             time was 0.4
//
// A training step of 854k parameters is 68 % matrix products, one of 4.9M 80 %.
// With four cores what is not done here (weights to the backend and their
// transposes, sums of gradients, AdamW) takes a tenth of the first, and half of a
// step of a model with 280k. Of a decode step of 854k parameters and 16 rows
// products are 42 %, and the host's softmax over the vocabulary 23 %.
//
// Whole runs on four cores, beside PyTorch 1.13 with OpenBLAS (one or four threads,
// the better one) in the same run of `make bench`, tokens per second; and, measured
// before, processor time against gobackend's in the same program:
//
//	                              here      PyTorch   ratio   processor time, go / here
//	train 854k, 16 x 128         42 200    11 200     3.8    4.3  (avx2: 3.0)
//	train 4.9M, 16 x 128          9 000     3 700     2.4    3.6  (avx2: 2.4)
//	prefill 854k, 24 x 512       50 100    16 100     3.1
//	prefill 4.9M, 24 x 512       14 600     7 300     2.0
//	generate 854k, 64 rows       57 400    10 100     5.7    4.0  (avx2: 3.4)
//	generate 4.9M, 64 rows        9 600     4 200     2.3    4.3  (avx2: 2.4)
//
// Decoding 4.9M parameters waits for weights: 19 MB a step and decoder, of which
// four with copies of their own leave nothing in any cache. One backend and one
// copy of the weights for all decoders, and as many rows as there are sequences,
// which need not be a multiple of anything, take it past twice PyTorch's speed.
//
// Threads within a call, on the same machine and otherwise idle, four of them
// against one; medians of runs in turn:
//
//	gradients 4.9M, 1 x 2048 tokens    1.30 s -> 0.54 s   2.4 times
//	gradients 4.9M, 1 x 512            223 -> 103 ms      2.2
//	gradients 4.9M, 4 x 128            197 -> 86 ms       2.3
//	gradients 854k, 1 x 512            51 -> 31 ms        1.6
//	prefill 4.9M, 1 x 512              92 -> 39 ms        2.4
//	decode of one row, 4.9M            3.3 ms a token, and no step is worth waking anyone
//	four micro-batches or decoders     as with one thread, within 2 %
//
// The backward pass of attention has no more tasks than there are key/value heads
// times rows, here 2: sums over queries are not cut. Gathers, concatenations and what
// gobackend computes stay on one core. Waking for 8 µs of work gains nothing over
// waking for 50.
//
// Memory is what gobackend takes in the order of creation, or less: 171 MiB
// against 188 for a row of 2048 tokens with a vocabulary of 32,000 in parts.
//
// Not done: products of bfloat16; While bodies; writing the halves of a rotary
// embedding into their concatenation.
package cpu
