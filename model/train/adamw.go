package train

import (
	"math"
	"sync"

	"temper/model/backend"
)

// StepHyper are the settings of one optimiser step.
type StepHyper struct {
	LearningRate float64
	Beta1, Beta2 float64 // decay rates of the first and second moment
	Epsilon      float64
	WeightDecay  float64 // decoupled (AdamW), of tensors with two or more dimensions: neither biases nor norm weights; 0 for none
	MaxGradNorm  float64 // gradients are scaled down to this global norm; 0 for no clipping
}

// gradNorm is the Euclidean norm over all gradients. It is summed in double
// precision in a fixed order.
func gradNorm(grads [][]float32) float64 {
	sum := 0.0
	for _, g := range grads {
		part := 0.0
		for _, v := range g {
			part += float64(v) * float64(v)
		}
		sum += part
	}
	return math.Sqrt(sum)
}

// clipCoefficient is what gradients are multiplied by: min(1, max/(norm+1e-6)),
// as torch.nn.utils.clip_grad_norm_ does.
func clipCoefficient(norm, limit float64) float64 {
	if limit <= 0 {
		return 1
	}
	return min(1, limit/(norm+1e-6))
}

// adamW updates params in place from grads, which are multiplied by clip
// first (Loshchilov & Hutter 2019, as torch.optim.AdamW computes it):
//
//	p ← p·(1 - lr·wd)                         where decayed
//	m ← β1·m + (1-β1)·g
//	v ← β2·v + (1-β2)·g²
//	p ← p - lr/(1-β1ᵗ) · m / (√v/√(1-β2ᵗ) + ε)
//
// step is t, counting from 1. The arithmetic is plain Go rather than a graph:
// at the sizes that a CPU trains it takes about a hundredth of the step, and
// the gradients are on the host already, where they are summed in order.
func adamW(params, grads [][]float32, state OptimizerState, decays []bool, h StepHyper, clip float64) {
	t := float64(state.Step)
	u := update{
		clip: float32(clip), beta1: float32(h.Beta1), beta2: float32(h.Beta2),
		new1: float32(1 - h.Beta1), new2: float32(1 - h.Beta2),
		size: float32(h.LearningRate / (1 - math.Pow(h.Beta1, t))), root: float32(math.Sqrt(1 - math.Pow(h.Beta2, t))),
		epsilon: float32(h.Epsilon),
	}
	var wg sync.WaitGroup
	for i := range params {
		keep := float32(1)
		if decays[i] {
			keep = float32(1 - h.LearningRate*h.WeightDecay)
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			backend.ClearVectors()
			u.apply(params[i], grads[i], state.ExpAvg[i], state.ExpAvgSq[i], keep)
		}()
	}
	wg.Wait()
}

// update holds the factors of one step, rounded to float32 as the tensors are.
type update struct {
	clip, beta1, beta2, new1, new2, size, root, epsilon float32
}

// apply updates one tensor. The conversions to float32 keep every product
// rounded, so that no compiler fuses it with the sum after it and the result
// is the same on every processor.
func (u update) apply(p, grad, m, v []float32, keep float32) {
	for i, g := range grad {
		g = float32(g * u.clip)
		m[i] = float32(u.beta1*m[i]) + float32(u.new1*g)
		v[i] = float32(u.beta2*v[i]) + float32(float32(u.new2*g)*g)
		denominator := float32(float32(math.Sqrt(float64(v[i])))/u.root) + u.epsilon
		p[i] = float32(p[i]*keep) - float32(u.size*float32(m[i]/denominator))
	}
}
