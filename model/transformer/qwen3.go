package transformer

// qwen3 is the dense Qwen3: an RMSNorm for every head of queries and keys, and
// biases only where attention_bias asks for them. Heads need not divide the state.
var qwen3 = architecture{
	modelType: "qwen3", family: "Qwen3", class: "Qwen3ForCausalLM",
	attentionBias: true, qkNorm: true,
	checkWindow: checkQwenWindow,
	defaults: Config{HiddenAct: "silu", RopeTheta: 10000, RMSNormEps: 1e-6, MaxPositionEmbeddings: 32768,
		NumKeyValueHeads: 32, HeadDim: 128},
}
