package compute

// Pass is what goes through a decoder: so many tokens, so many pairs of a token and one that
// it attends to, and so many tokens whose logits are wanted. They are floating-point
// numbers, since a plan multiplies what a recipe says without a bound.
type Pass struct {
	Tokens  float64 `json:"tokens,omitempty"`
	Pairs   float64 `json:"pairs,omitempty"`
	Targets float64 `json:"targets,omitempty"`
}

// Plus adds two passes.
func (p Pass) Plus(q Pass) Pass {
	return Pass{p.Tokens + q.Tokens, p.Pairs + q.Pairs, p.Targets + q.Targets}
}

// Times is n passes like p.
func (p Pass) Times(n float64) Pass { return Pass{p.Tokens * n, p.Pairs * n, p.Targets * n} }

// Row is a row of so many tokens, of which the logits of targets are wanted.
func Row(tokens, targets float64) Pass { return Pass{tokens, tokens * (tokens + 1) / 2, targets} }

// Prompt is the reading of a prompt, once for all responses to it: the first token of each
// is drawn from the logits at its end.
func Prompt(tokens float64) Pass { return Row(tokens, 1) }

// Response is the drawing of a response after a prompt has been read. Every token but the
// last goes through the decoder, and attends to the prompt, the tokens before it and itself.
func Response(prompt, tokens float64) Pass {
	n := max(0, tokens-1)
	return Pass{n, n*prompt + n*(n+1)/2, n}
}

// Forward is the operations of a pass.
func (s Shape) Forward(p Pass) float64 { return s.layers(p) + s.head(p) }

// Training is the operations of a pass forward and back; checkpointing computes the layers twice forward.
func (s Shape) Training(p Pass, checkpointing bool) float64 {
	if checkpointing {
		return 4*s.layers(p) + 3*s.head(p)
	}
	return 3 * s.Forward(p)
}

func (s Shape) layers(p Pass) float64 {
	return 2*s.matrices()*p.Tokens + 4*float64(s.Layers)*float64(s.Heads)*float64(s.HeadSize)*p.Pairs
}

func (s Shape) head(p Pass) float64 { return 2 * s.embedding() * p.Targets }
