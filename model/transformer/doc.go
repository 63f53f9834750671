// Package transformer is the policy's network: the decoder of Llama, Mistral, Qwen2
// and Qwen3 as Hugging Face transformers has it, written as functions on GoMLX graphs.
//
// Parameters are graph inputs, named as in Hugging Face checkpoints; there is
// no hidden state. Weights holds their values on the host, and
// Weights.Encode and DecodeWeights translate them to and from safetensors.
//
// Shape legend: B rows, S new tokens per row, T slots that are attended over,
// KV key/value heads, N = B*S flattened tokens.
package transformer
