package transformer

// llama is Llama 1 to 3: no biases unless attention_bias or mlp_bias asks for them.
var llama = architecture{
	modelType: "llama", family: "Llama", class: "LlamaForCausalLM",
	attentionBias: true, mlpBias: true,
	defaults: Config{HiddenAct: "silu", RopeTheta: 10000, RMSNormEps: 1e-6, MaxPositionEmbeddings: 2048},
}
