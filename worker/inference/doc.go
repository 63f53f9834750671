// Package inference is what answers `starter generate` and `starter logprobs`:
// commands that compute with a model in a folder of this machine, without a run,
// a store or Temporal. They read JSON lines and write JSON lines. The starter
// becomes the worker's program for them, so that it never links what computes.
package inference
