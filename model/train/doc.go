// Package train updates the policy: it turns weighted rows into gradients and
// applies AdamW to them, for supervised fine-tuning and for GRPO alike.
//
// A row is a token sequence with a weight for every target token, and the loss
// is -Σ weight · log softmax(logits/T)[token]. SFT weights a response token by
// one over the number of response tokens in the batch; GRPO, with one update
// per batch of rollouts, by advantage over denominator (policy gradient at
// ratio 1).
//
// Rows are put into micro-batches of fixed shapes, one to a line or packed, which
// run in parallel; their gradients are summed in the order of the micro-batches,
// so an update has the same bits for any number of them at a time.
//
// Memory does not grow with the square of a row's length, nor with the product
// of length and vocabulary: logits exist for a part of the slots at a time, and
// attention scores for a part of the queries. Engine.Checkpointing leaves only
// one layer's activations, beside the inputs of the others.
package train
