package transformer

import (
	"errors"
	"fmt"
)

// qwen2 is Qwen2 and Qwen2.5: queries, keys and values have biases, outputs none.
var qwen2 = architecture{
	modelType: "qwen2", family: "Qwen2", class: "Qwen2ForCausalLM",
	qkvBias:     true,
	checkWindow: checkQwenWindow,
	defaults:    Config{HiddenAct: "silu", RopeTheta: 10000, RMSNormEps: 1e-6, MaxPositionEmbeddings: 32768, NumKeyValueHeads: 32},
}

// checkQwenWindow refuses windows as Qwen2 and Qwen3 have them: with
// use_sliding_window, where layer_types does not decide, all layers from
// max_window_layers on have the window sliding_window.
func checkQwenWindow(f configFile, c Config) error {
	first := 28 // in transformers, where the file has none
	if f.MaxWindowLayers != nil {
		first = *f.MaxWindowLayers
	}
	if len(f.LayerTypes) > 0 || !f.UseSlidingWindow || first >= f.NumHiddenLayers {
		return nil
	}
	slides, err := f.slides(c)
	if err != nil || !slides {
		return err
	}
	if first < 0 {
		return errors.New("max_window_layers is negative; valid: 0 or more")
	}
	return fmt.Errorf("use_sliding_window is true, and the layers from %d on have a window (max_window_layers); only false is supported, or max_window_layers %d, with which no layer has one",
		first, f.NumHiddenLayers)
}
