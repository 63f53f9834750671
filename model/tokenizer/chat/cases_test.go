package chat

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRealTemplates: what transformers renders of templates that models come with.
func TestRealTemplates(t *testing.T) {
	file, err := os.Open(filepath.Join(data, "cases/models/chat_cases.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared is absent")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var sources map[string]string
	text, err := os.ReadFile(filepath.Join(data, "cases/models/chat_templates.json"))
	if err != nil || json.Unmarshal(text, &sources) != nil {
		t.Fatal(err)
	}
	specials := map[string]string{"bos_token": "<BOS>", "eos_token": "<EOS>", "unk_token": "<UNK>", "pad_token": "<PAD>"}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<22)
	count := 0
	for ; lines.Scan(); count++ {
		var row struct {
			Template, Case      string
			Messages            []Message
			Tools               json.RawMessage
			AddGenerationPrompt bool `json:"add_generation_prompt"`
			Text                *string
			Date                string `json:"frozen_clock"`
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		template, err := Parse(sources[row.Template], specials)
		if err == nil && row.Date != "" {
			date, _ := time.Parse("2006-01-02T15:04:05", row.Date)
			template, err = template.With(Settings{Date: date})
		}
		var got string
		if err == nil {
			got, err = template.Render(row.Messages, row.Tools, row.AddGenerationPrompt)
		}
		switch {
		case row.Text == nil && err == nil:
			t.Errorf("%s, %s: no error, but %.300q", row.Template, row.Case, got)
		case row.Text != nil && (err != nil || got != *row.Text):
			t.Errorf("%s, %s: %v\n got %.300q\nwant %.300q", row.Template, row.Case, err, got, *row.Text)
		}
	}
	if lines.Err() != nil || count < 300 {
		t.Errorf("%d cases, %v", count, lines.Err())
	}
}
