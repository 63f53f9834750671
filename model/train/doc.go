// Package train updates the policy: it turns weighted rows into gradients and
// applies AdamW to them, for supervised fine-tuning and for GRPO alike.
//
// A row is a token sequence with a weight for every target token, and the loss
// is -Σ weight · log softmax(logits/T)[token]. SFT weights a response token by
// one over the number of response tokens in the batch; GRPO, with one update
// per batch of rollouts, by advantage over denominator (policy gradient at
// ratio 1).
//
// Rows are cut into micro-batches of fixed shapes, which run in parallel on
// several instances of the CPU backend; their gradients are summed in the
// order of the micro-batches, so an update has the same bits for any number of
// instances.
package train
