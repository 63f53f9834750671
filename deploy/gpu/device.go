package main

import (
	"bufio"
	"bytes"
	"context"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"temper/model/compute"
)

// nvidiaSMI queries the first GPU, CSV without header and units.
func nvidiaSMI(ctx context.Context, query string, more ...string) *exec.Cmd {
	args := append([]string{"--id=0", "--query-gpu=" + query, "--format=csv,noheader,nounits"}, more...)
	return exec.CommandContext(ctx, "nvidia-smi", args...)
}

// describe names the device, its driver and its peak rate. Without nvidia-smi
// the device is the CPU.
func describe(backend string, peak float64) Machine {
	m := Machine{Device: "CPU (no nvidia-smi)", Backend: backend, Peak: peak}
	out, err := nvidiaSMI(context.Background(), "name,driver_version").Output()
	if err != nil {
		return m
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	m.Device, m.Driver, _ = strings.Cut(line, ", ")
	if d, ok := compute.DeviceOf(m.Device); ok && m.Peak == 0 {
		m.Peak = d.BF16
	}
	return m
}

// memoryWatch follows the device's memory while a cell runs.
type memoryWatch struct {
	stop func()
	done sync.WaitGroup
	// base is what was in use before the cell, peak the most since, in MiB.
	base, peak int
}

// watchMemory samples the memory in use every 100 ms. It is what the driver has
// given out: allocators that keep what they freed, and other programs on the
// device, count too.
func watchMemory() *memoryWatch {
	ctx, cancel := context.WithCancel(context.Background())
	w := &memoryWatch{stop: cancel}
	out, err := nvidiaSMI(ctx, "memory.used").Output()
	if err != nil {
		return w
	}
	w.base = firstInt(out)
	cmd := nvidiaSMI(ctx, "memory.used", "-lms", "100")
	pipe, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return w
	}
	w.done.Go(func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			w.peak = max(w.peak, firstInt(lines.Bytes()))
		}
		_ = cmd.Wait() // it is killed, which is no news
	})
	return w
}

// end stops watching and returns the peak above the base in MiB; 0 is unknown.
func (w *memoryWatch) end() int {
	w.stop()
	w.done.Wait()
	return max(0, w.peak-w.base)
}

func firstInt(out []byte) int {
	line, _, _ := bytes.Cut(bytes.TrimSpace(out), []byte("\n"))
	n, err := strconv.Atoi(string(bytes.TrimSpace(line)))
	if err != nil {
		return 0
	}
	return n
}
