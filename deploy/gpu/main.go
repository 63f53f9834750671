package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// benchHF is the PyTorch side; it travels in the binary.
//
//go:embed bench_hf.py
var benchHF []byte

type flags struct {
	only, engines, backend, python, json, markdown, goldens, cell string
	limit, budget                                                 time.Duration
	peak                                                          float64
}

func main() {
	var f flags
	flag.StringVar(&f.only, "only", "", "cells to run, e.g. parity,train/0.5b/2048 (default: all, the most important first)")
	flag.StringVar(&f.engines, "engines", temper+","+hf, "what to measure")
	flag.StringVar(&f.backend, "backend", "", "GoMLX backend, e.g. xla:/path/to/xla_cuda_plugin.so, or go (default: $GOMLX_BACKEND, else the CUDA plugin that is found)")
	flag.StringVar(&f.python, "python", "python3", "Python with torch and transformers, and where JAX's CUDA plugin is looked for")
	flag.StringVar(&f.json, "json", "", "file for the results; those in it already stay unless they are measured again")
	flag.StringVar(&f.markdown, "markdown", "", "file for the tables, which are printed too")
	flag.StringVar(&f.goldens, "goldens", "../shared/goldens", "folder of reference goldens; parity leaves them out where it is absent")
	flag.DurationVar(&f.limit, "limit", 150*time.Second, "time for one cell with one engine")
	flag.DurationVar(&f.budget, "budget", time.Hour, "time for everything; cells that do not fit are reported as not run")
	flag.Float64Var(&f.peak, "peak", 0, "dense bf16 TFLOP/s of the device (default: by its name; H100 and H200 989)")
	flag.StringVar(&f.cell, "cell", "", "run this cell in this process and print its results as JSON lines")
	flag.Parse()
	if err := run(f, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "gpu check:", err)
		os.Exit(1)
	}
}

func run(f flags, rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q; cells are named with -only", rest[0])
	}
	if f.cell != "" {
		c, err := ParseCell(f.cell)
		if err != nil {
			return err
		}
		return runCell(c, f.backend, f.goldens)
	}
	cells, err := selectCells(f.only)
	if err != nil {
		return err
	}
	engines := strings.Split(f.engines, ",")
	for _, e := range engines {
		if !slices.Contains([]string{temper, hf}, e) {
			return fmt.Errorf("engine %q: want %s or %s", e, temper, hf)
		}
	}
	return f.check(cells, engines)
}

// check is the parent: it runs the cells and writes the report after each.
func (f flags) check(cells []Cell, engines []string) error {
	found, err := newFinder(f.python).find(f.backend)
	if err != nil {
		return err
	}
	for _, note := range append([]string{"backend " + found.backend}, found.notes...) {
		fmt.Fprintln(os.Stderr, note)
	}
	report := Report{}
	if f.json != "" {
		if report, err = readReport(f.json); err != nil {
			return err
		}
	}
	report.Machine = describe(found.backend, f.peak*1e12)
	run, done, err := f.children(found)
	if err != nil {
		return err
	}
	defer done()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := schedule{cells: cells, engines: engines, limit: f.limit, budget: f.budget, log: os.Stderr, run: run, now: time.Now}
	err = s.all(ctx, func(r Result) error {
		report.add(r)
		return f.write(report)
	})
	if err != nil {
		return err
	}
	fmt.Print(report.markdown())
	if !report.passed() {
		return fmt.Errorf("some of temper's cells failed")
	}
	return nil
}

func (f flags) write(report Report) error {
	if f.json != "" {
		if err := report.write(f.json); err != nil {
			return err
		}
	}
	if f.markdown == "" {
		return nil
	}
	return os.WriteFile(f.markdown, []byte(report.markdown()), 0o644)
}

// children returns the function that runs a cell in a child process: this
// program for temper, Python for Hugging Face.
func (f flags) children(found setup) (func(context.Context, time.Duration, Cell, string) Result, func(), error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("find this program: %w", err)
	}
	dir, err := os.MkdirTemp("", "gpu-check-")
	if err != nil {
		return nil, nil, fmt.Errorf("write bench_hf.py: %w", err)
	}
	script := filepath.Join(dir, "bench_hf.py")
	if err := os.WriteFile(script, benchHF, 0o600); err != nil {
		return nil, nil, fmt.Errorf("write bench_hf.py: %w", err)
	}
	run := func(ctx context.Context, limit time.Duration, c Cell, engine string) Result {
		argv, env := []string{self, "-cell", c.String(), "-backend", found.backend, "-goldens", f.goldens}, found.env
		if engine == hf {
			argv, env = append([]string{f.python, "-u", script}, hfArguments(c)...), nil
		}
		return runChild(ctx, limit, argv, env, os.Stderr, c.String(), engine)
	}
	return run, func() { os.RemoveAll(dir) }, nil
}

// hfArguments gives bench_hf.py the same work as temper has.
func hfArguments(c Cell) []string {
	s := shapes[c.Model]
	args := []string{
		"--mode", c.Kind, "--vocab", strconv.Itoa(s.VocabSize), "--hidden", strconv.Itoa(s.HiddenSize),
		"--intermediate", strconv.Itoa(s.IntermediateSize), "--layers", strconv.Itoa(s.NumHiddenLayers),
		"--heads", strconv.Itoa(s.NumAttentionHeads), "--kv-heads", strconv.Itoa(s.NumKeyValueHeads),
	}
	if c.Kind == decoding {
		g := generationOf(c)
		return append(args, "--rows", strconv.Itoa(g.rows), "--prompt", strconv.Itoa(g.prompt), "--new", strconv.Itoa(g.response))
	}
	w := workOf(c)
	args = append(args, "--rows", strconv.Itoa(w.rows), "--micro-rows", strconv.Itoa(w.microRows), "--length", strconv.Itoa(c.Size))
	if w.checkpointing {
		args = append(args, "--gradient-checkpointing")
	}
	return args
}
