package transformer

import "fmt"

// mistral is Mistral without a window: Llama's decoder, with no biases at all.
var mistral = architecture{
	modelType: "mistral", family: "Mistral", class: "MistralForCausalLM",
	checkWindow: checkMistralWindow,
	defaults:    Config{HiddenAct: "silu", RopeTheta: 10000, RMSNormEps: 1e-6, MaxPositionEmbeddings: 131072, NumKeyValueHeads: 8},
}

// checkMistralWindow refuses a sliding_window that hides any of a text from a
// token; it counts for all layers. Left out it is usualWindow, null is none.
func checkMistralWindow(f configFile, c Config) error {
	slides, err := f.slides(c)
	if err != nil || !slides {
		return err
	}
	value := string(f.SlidingWindow)
	if f.SlidingWindow == nil {
		value = fmt.Sprintf("left out, which means %d", usualWindow)
	}
	return fmt.Errorf("sliding_window is %s; only null is supported, or a window of at least max_position_embeddings (%d) tokens, which hides nothing",
		value, c.MaxPositionEmbeddings)
}
