package machine

import (
	"cmp"
	"context"
	"os/exec"
	"strings"
	"time"

	"temper/model/backend"
	"temper/model/compute"
	"temper/model/library/cpu"
)

// Device is what the machine computes on, in the words of package compute: "cpu", or an accelerator of its
// table, by nvidia-smi; "" where that is not known. Of a CPU's cores it is measured how many operations per
// second they do at most, which takes a few milliseconds.
func (m Machine) Device(ctx context.Context) (name string, peak float64) {
	kind := cmp.Or(m.Backend, backend.CPU)
	if !strings.HasPrefix(kind, backend.XLA) || kind == backend.XLA+":cpu" {
		return compute.CPU, cpu.Peak(m.Cores)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "nvidia-smi", "--id=0", "--query-gpu=name", "--format=csv,noheader").Output()
	if err != nil { // there is none: what the work cost is known but for its share of the peak
		return "", 0
	}
	d, _ := compute.DeviceOf(strings.TrimSpace(string(out)))
	return d.Name, 0
}
