package compute

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// Shape is what of a decoder decides how much it computes. Sizes count elements.
type Shape struct {
	Layers        int `json:"layers"`
	Hidden        int `json:"hidden"`
	Intermediate  int `json:"intermediate"`
	Heads         int `json:"heads"`
	KeyValueHeads int `json:"key_value_heads"`
	HeadSize      int `json:"head_size"`
	Vocabulary    int `json:"vocabulary"`
	// Tied says that the head's matrix is the embedding.
	Tied bool `json:"tied,omitempty"`
}

// ShapeOf reads the shape from Hugging Face's config.json.
func ShapeOf(config []byte) (Shape, error) {
	var c struct {
		Layers        int  `json:"num_hidden_layers"`
		Hidden        int  `json:"hidden_size"`
		Intermediate  int  `json:"intermediate_size"`
		Heads         int  `json:"num_attention_heads"`
		KeyValueHeads int  `json:"num_key_value_heads"`
		HeadSize      int  `json:"head_dim"`
		Vocabulary    int  `json:"vocab_size"`
		Tied          bool `json:"tie_word_embeddings"`
	}
	if err := json.Unmarshal(config, &c); err != nil {
		return Shape{}, fmt.Errorf("config.json: %w", err)
	}
	s := Shape{Layers: c.Layers, Hidden: c.Hidden, Intermediate: c.Intermediate, Heads: c.Heads,
		KeyValueHeads: cmp.Or(c.KeyValueHeads, c.Heads), HeadSize: c.HeadSize, Vocabulary: c.Vocabulary, Tied: c.Tied}
	if s.HeadSize == 0 && s.Heads > 0 {
		s.HeadSize = s.Hidden / s.Heads
	}
	return s, s.check()
}

func (s Shape) check() error {
	for _, f := range []struct {
		name  string
		value int
	}{
		{"num_hidden_layers", s.Layers}, {"hidden_size", s.Hidden}, {"intermediate_size", s.Intermediate}, {"num_attention_heads", s.Heads},
		{"num_key_value_heads", s.KeyValueHeads}, {"head_dim", s.HeadSize}, {"vocab_size", s.Vocabulary},
	} {
		if f.value < 1 {
			return fmt.Errorf("config.json: %s is %d; valid: 1 and more", f.name, f.value)
		}
	}
	return nil
}

// matrices is M: the elements of all layers' matrices.
func (s Shape) matrices() float64 {
	d, q, kv := float64(s.Hidden), float64(s.Heads)*float64(s.HeadSize), float64(s.KeyValueHeads)*float64(s.HeadSize)
	return float64(s.Layers) * (d*q + 2*d*kv + q*d + 3*d*float64(s.Intermediate))
}

// embedding is the elements of the embedding, which are the head's too.
func (s Shape) embedding() float64 { return float64(s.Hidden) * float64(s.Vocabulary) }

// Parameters is the number of trained elements, but for biases and norms, which are a few
// in ten thousand.
func (s Shape) Parameters() float64 {
	if s.Tied {
		return s.matrices() + s.embedding()
	}
	return s.matrices() + 2*s.embedding()
}

// CacheBytes is the size of the keys and values of one token, of numbers of so many bytes.
func (s Shape) CacheBytes(bytes int) float64 {
	return 2 * float64(s.Layers) * float64(s.KeyValueHeads) * float64(s.HeadSize) * float64(bytes)
}

// shapeMetrics are the names under which a manifest records a shape.
const (
	metricLayers        = "model: layers"
	metricHidden        = "model: hidden"
	metricIntermediate  = "model: intermediate"
	metricHeads         = "model: heads"
	metricKeyValueHeads = "model: key_value_heads"
	metricHeadSize      = "model: head_size"
	metricVocabulary    = "model: vocabulary"
	metricTied          = "model: tied"
)

// Metrics are the shape as a manifest's metrics.
func (s Shape) Metrics() map[string]float64 {
	m := map[string]float64{
		metricLayers: float64(s.Layers), metricHidden: float64(s.Hidden), metricIntermediate: float64(s.Intermediate), metricHeads: float64(s.Heads),
		metricKeyValueHeads: float64(s.KeyValueHeads), metricHeadSize: float64(s.HeadSize), metricVocabulary: float64(s.Vocabulary), metricTied: 0,
	}
	if s.Tied {
		m[metricTied] = 1
	}
	return m
}

// FromMetrics is what Metrics recorded; false where there is none.
func FromMetrics(m map[string]float64) (Shape, bool) {
	s := Shape{Layers: int(m[metricLayers]), Hidden: int(m[metricHidden]), Intermediate: int(m[metricIntermediate]), Heads: int(m[metricHeads]),
		KeyValueHeads: int(m[metricKeyValueHeads]), HeadSize: int(m[metricHeadSize]), Vocabulary: int(m[metricVocabulary]), Tied: m[metricTied] == 1}
	return s, s.check() == nil
}
