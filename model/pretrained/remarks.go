package pretrained

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"temper/model/library/jsonkind"
)

// otherHeads begin the names of the tensors of heads that are no language model's.
var otherHeads = []string{"score.", "classifier.", "qa_outputs.", "v_head.", "value_head."}

// OtherHead reports whether a tensor is, by its name, of a head that is no language model's.
func OtherHead(name string) bool {
	return slices.ContainsFunc(otherHeads, func(head string) bool { return strings.HasPrefix(name, head) })
}

// dropouts are the names that configurations have shares of dropout under.
var dropouts = []string{
	"attention_dropout", "hidden_dropout", "residual_dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop", "embedding_dropout", "mlp_dropout",
	"dropout", "hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout", "classifier_dropout_prob",
}

// Remarks are sentences about what the model has that training leaves out:
// dropout, and other heads than a language model's.
func (m *Model) Remarks() []string {
	var remarks, shares, heads []string
	var fields map[string]json.RawMessage
	if jsonkind.Decode(m.ConfigJSON, &fields) == nil {
		for _, name := range dropouts {
			var share float64
			if json.Unmarshal(fields[name], &share) == nil && share != 0 {
				shares = append(shares, fmt.Sprintf("%s %v", name, share))
			}
		}
	}
	if len(shares) > 0 {
		remarks = append(remarks, fmt.Sprintf("%s has %s; temper trains without dropout", ConfigName, strings.Join(shares, ", ")))
	}
	for _, tensor := range m.Tensors() {
		if OtherHead(tensor.Name) {
			heads = append(heads, tensor.Name)
		}
	}
	if len(heads) > 0 {
		slices.Sort(heads)
		remarks = append(remarks, fmt.Sprintf("the weights have another head (%s), which is left out: temper trains the language model", few(heads)))
	}
	return remarks
}
