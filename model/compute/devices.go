package compute

import (
	"fmt"
	"strings"

	"temper/model/library/spelling"
)

// CPU is the device that is no accelerator: what it can do is measured.
const CPU = "cpu"

// Device is what one accelerator can do at most, by its maker's data sheet: dense, without sparsity.
type Device struct {
	Name string `json:"name"`
	// BF16 and FP32 are operations per second on factors of that kind. FP32 is without TF32.
	BF16 float64 `json:"bf16"`
	FP32 float64 `json:"fp32"`
	// Bandwidth is that of its memory, in bytes per second, and Memory its size in bytes.
	Bandwidth float64 `json:"bandwidth"`
	Memory    float64 `json:"memory"`
	// smi are words of the name that nvidia-smi gives it.
	smi string
}

// Rate is the operations per second on factors of bfloat16 or float32.
func (d Device) Rate(bf16 bool) float64 {
	if bf16 {
		return d.BF16
	}
	return d.FP32
}

// devices is the table. Sources: data sheets of NVIDIA (H100 SXM and PCIe, H200 SXM, B200 by
// the DGX's, A100 80 GB SXM, L40S, L4, Ada architecture whitepaper) and AMD (Instinct MI300X). Of two names
// that fit one device the first counts.
var devices = []Device{
	{"h100-pcie", 756e12, 51e12, 2.0e12, 80e9, "H100 PCIe"},
	{"h100", 989e12, 67e12, 3.35e12, 80e9, "H100"},
	{"gh200", 989e12, 67e12, 4.0e12, 96e9, "GH200"},
	{"h200", 989e12, 67e12, 4.8e12, 141e9, "H200"},
	{"b200", 2250e12, 75e12, 8.0e12, 180e9, "B200"},
	{"a100", 312e12, 19.5e12, 2.039e12, 80e9, "A100"},
	{"l40s", 362e12, 91.6e12, 0.864e12, 48e9, "L40S"},
	{"l4", 121e12, 30.3e12, 0.3e12, 24e9, "L4"},
	{"rtx4090", 165.2e12, 82.6e12, 1.008e12, 24e9, "RTX 4090"},
	{"mi300x", 1307e12, 163.4e12, 5.3e12, 192e9, "MI300X"},
}

// DeviceNames lists the table's names.
func DeviceNames() []string {
	names := make([]string, len(devices))
	for i, d := range devices {
		names[i] = d.Name
	}
	return names
}

// DeviceNamed is a device of the table.
func DeviceNamed(name string) (Device, error) {
	for _, d := range devices {
		if d.Name == name {
			return d, nil
		}
	}
	return Device{}, fmt.Errorf("there is no device %q; %svalid: %s", name, spelling.DidYouMean(name, DeviceNames()), strings.Join(DeviceNames(), ", "))
}

// DeviceOf is the device that nvidia-smi gives a name; false where the table has none.
func DeviceOf(smi string) (Device, bool) {
	words := " " + strings.ReplaceAll(smi, "-", " ") + " "
	for _, d := range devices {
		if strings.Contains(words, " "+d.smi+" ") {
			return d, true
		}
	}
	return Device{}, false
}
