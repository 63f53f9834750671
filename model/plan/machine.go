package plan

import (
	"fmt"

	"temper/model/compute"
)

// Machine is what a plan's work is done on.
type Machine struct {
	// Device is one device: an accelerator of package compute's table, or all cores of a CPU, with what they were
	// measured to do as both of its rates and no bandwidth.
	Device  compute.Device
	Devices float64
	// Cores are a CPU's, of which each computes a micro-batch or a batch of responses of a small model; 0 is one.
	Cores float64
	// Training is the number of devices that one update runs on.
	Training float64
	// UseTraining and UseSampling are the shares of the device's rate that training and the reading of prompts, and the
	// drawing of tokens, come to; UseBandwidth that of its bandwidth.
	UseTraining, UseSampling, UseBandwidth float64
}

// What the demo's model comes to on a CPU by its CPU time, of the peak that was measured; and what training
// comes to on accelerators (Llama 3's report, arXiv 2407.21783 §3.3, has 38 to 43 % on H100s), and decoding of their
// bandwidth, which is ours.
const (
	cpuTraining, cpuSampling = 0.25, 0.14
	accelerator, bandwidth   = 0.4, 0.6
)

// OnCPU is a machine whose cores do so many operations per second at most.
func OnCPU(peak float64) Machine {
	return Machine{Device: compute.Device{Name: compute.CPU, BF16: peak, FP32: peak}, Devices: 1, Training: 1, UseTraining: cpuTraining, UseSampling: cpuSampling}
}

// On is a number of accelerators, of which one trains.
func On(d compute.Device, devices float64) Machine {
	return Machine{Device: d, Devices: devices, Training: 1, UseTraining: accelerator, UseSampling: accelerator, UseBandwidth: bandwidth}
}

// String is the machine for people.
func (m Machine) String() string {
	if m.Device.Name == "" {
		return "a device that no record names, without times"
	}
	if m.Device.Name == compute.CPU {
		return fmt.Sprintf("cpu: %s FLOP/s, of which training comes to %.0f %% and sampling to %.0f %%", compute.Prefixed(m.Device.FP32), 100*m.UseTraining, 100*m.UseSampling)
	}
	return fmt.Sprintf("%.0f x %s: %s FLOP/s bf16, %s fp32, %sB/s, of which training comes to %.0f %% and drawing tokens to %.0f %% of the bandwidth; an update runs on %.0f",
		m.Devices, m.Device.Name, compute.Prefixed(m.Device.BF16), compute.Prefixed(m.Device.FP32), compute.Prefixed(m.Device.Bandwidth), 100*m.UseTraining, 100*m.UseBandwidth, m.Training)
}

// training is how long operations of an update take.
func (m Machine) training(flops float64, bf16 bool) float64 {
	return over(flops, m.Device.Rate(bf16)*m.UseTraining*m.Training)
}

// prefill is how long the reading of prompts takes on so many devices.
func (m Machine) prefill(flops, devices float64) float64 {
	return over(flops, m.Device.Rate(false)*m.UseTraining*devices)
}

// decode is how long tokens take that are drawn in batches of rows, each attending to context
// tokens. A step of a batch reads all weights and every row's cache once, and does each row's operations.
func (m Machine) decode(s compute.Shape, tokens, rows, context, devices float64) float64 {
	step := over(rows*s.Forward(compute.Pass{Tokens: 1, Pairs: context, Targets: 1}), m.Device.Rate(false)*m.UseSampling)
	if m.Device.Bandwidth > 0 {
		bytes := weightBytes*s.Parameters() + rows*context*s.CacheBytes(weightBytes)
		step = max(step, over(bytes, m.Device.Bandwidth*m.UseBandwidth))
	}
	return tokens / (rows * devices) * step
}

// weightBytes is the size of a weight, and of a number in the cache: temper samples in float32.
const weightBytes = 4

func over(amount, rate float64) float64 {
	if rate <= 0 {
		return 0
	}
	return amount / rate
}
