package activities

import (
	"os"
	"path/filepath"
	"testing"

	"temper/model/recipe"
	"temper/model/reward/domain"
	"temper/model/tokenizer"
)

// The prompts of the paper's model card, character for character, with the chat
// template of the model that it starts from.
func TestAceReasonPrompts(t *testing.T) {
	files := map[string][]byte{}
	for _, name := range []string{"tokenizer.json", "tokenizer_config.json"} {
		data, err := os.ReadFile(filepath.Join("../../shared/data/tokenizer/qwen2.5", name))
		if err != nil {
			t.Skip("../shared is absent: there is no tokenizer of Qwen2.5")
		}
		files[name] = data
	}
	tok, err := tokenizer.FromFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	const before = "<|im_start|>system\nYou are a helpful and harmless assistant. You should think step-by-step.<|im_end|>\n<|im_start|>user\nWhy?\n\n"
	const after = "<|im_end|>\n<|im_start|>assistant\n<think>\n"
	for name, asked := range map[recipe.Domain]string{
		recipe.DomainMath: `Please place your final answer inside \boxed{}.`,
		recipe.DomainCode: "Write Python code to solve the problem. Please place the solution code in the following format:\n```python\n# Your solution code here\n```",
	} {
		d, err := domain.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := promptFrame(recipe.Prompt{Format: recipe.PromptAceReason}, name, tok)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := frame.PromptFor(d, "Why?", ""); err != nil || got != before+asked+after {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}
