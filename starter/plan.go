package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"temper/model/compute"
	"temper/model/plan"
	"temper/model/recipe"
)

// planOptions are what a person says about a plan.
type planOptions struct {
	source         recipeSource
	device, model  string
	devices, train float64
	use, bandwidth float64
	rows           []string
	assume         plan.Assumptions
	asJSON, whole  bool
	peak           func(cores int) (float64, error)
}

func newRecipePlanCommand() *cobra.Command {
	o := planOptions{assume: plan.Default(), peak: workerPeak}
	o.assume.Graders = float64(runtime.NumCPU())
	cmd := &cobra.Command{
		Use:   "plan NAME|FILE",
		Short: "Say what a recipe takes before it is run: tokens, bytes, history events, operations, memory, time",
		Long: `Say what a recipe takes before it is run: every workflow with its history's events,
every kind of activity with how many there are, their tokens, bytes, floating-point
operations and time, and what a device needs of memory. Nothing is started.

Rows and lengths of data come from the files where they are on this machine, from
the recipe's generators, and else from --rows and the assumptions, which the plan prints. In
brackets stand the most tokens that the recipe allows. Time is operations over
a device's rate by its maker's data sheet times --use, and for drawing tokens
the reading of weights and caches over its bandwidth times --use-bandwidth. Of this machine's
CPU it is measured how many operations it does at most.
After a run, starter compute RUN shows the plan beside what was measured.`,
		Example: `  bin/starter recipe plan demo
  bin/starter recipe plan gsm8k-tiny --device h100 --devices 8 --rows train=7473 --rows test=1319`,
		Args: oneArg("recipe", recipeArgument()),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			o.source.choose(args[0])
			p, err := o.plan(cmd.Context(), dataDir(cmd))
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if !o.asJSON {
				return writePlan(out, p, o.whole)
			}
			data, err := json.MarshalIndent(p, "", "  ")
			if err != nil {
				return fmt.Errorf("encode the plan: %w", err)
			}
			_, err = fmt.Fprintln(out, string(data))
			return err
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.device, "device", compute.CPU, "what computes: `NAME` is cpu, "+strings.Join(compute.DeviceNames(), ", "))
	f.Float64Var(&o.devices, "devices", 1, "how many devices sample, each a worker of its own")
	f.Float64Var(&o.train, "train-devices", 1, "how many devices an update runs on (temper's run on one; more is what if)")
	f.Float64Var(&o.use, "use", 0, "the share of a device's rate that training and prompts come to (default: 0.4 of an accelerator; 0.25 of a CPU, as the demo's)")
	f.Float64Var(&o.bandwidth, "use-bandwidth", 0, "the share of a device's bandwidth that drawing tokens comes to (default: 0.6)")
	f.StringVar(&o.model, "model", "", "the network: a config.json, or one of "+strings.Join(compute.PublishedNames(), ", ")+" (default: the recipe's)")
	f.StringArrayVar(&o.rows, "rows", nil, "`NAME=N`: a dataset that is not on this machine has N rows (repeatable)")
	f.Float64Var(&o.assume.Rows, "assume-rows", o.assume.Rows, "rows of datasets of which nothing is known")
	f.Float64Var(&o.assume.Share, "share", o.assume.Share, "the mean response as a share of its budget")
	f.Float64Var(&o.assume.Prompt, "prompt-tokens", o.assume.Prompt, "the mean prompt of datasets that are not on this machine")
	f.Float64Var(&o.assume.ProgramSeconds, "program-seconds", o.assume.ProgramSeconds, "seconds of one core that the verdict on a program takes")
	f.Float64Var(&o.assume.Graders, "graders", o.assume.Graders, "cores that judge at a time")
	f.Float64Var(&o.assume.TeacherSpeed, "teacher-speed", 0, "tokens a second that teachers answer; 0 leaves their time out")
	f.BoolVar(&o.whole, "activities", false, "list the activities of every stage too")
	f.BoolVar(&o.asJSON, "json", false, "print all of it as JSON")
	addSetFlag(cmd, &o.source.sets)
	return cmd
}

// plan loads the recipe and plans it.
func (o planOptions) plan(ctx context.Context, data string) (plan.Plan, error) {
	if err := o.check(); err != nil {
		return plan.Plan{}, err
	}
	r, err := o.source.load(ctx, data)
	if err != nil && !onlyToGive(err) { // its data files may be named when it is run
		return plan.Plan{}, err
	}
	return o.planOf(r)
}

func (o planOptions) planOf(r recipe.Recipe) (plan.Plan, error) {
	var in plan.Inputs
	var err error
	if in.Machine, err = o.machine(); err != nil {
		return plan.Plan{}, err
	}
	tok := tokenizerOf(r)
	shape, about, err := o.shape(r, tok)
	if err != nil {
		return plan.Plan{}, err
	}
	data, notes := measuredData(r, tok)
	if err := o.givenRows(r, data); err != nil {
		return plan.Plan{}, err
	}
	in.Shape, in.Data, in.Assume = shape, data, o.assume
	p := plan.New(r, in)
	p.Assumptions = append(p.Assumptions, notes...)
	if about != "" {
		p.Assumptions = append(p.Assumptions, about)
	}
	return p, nil
}

// check looks at the numbers.
func (o planOptions) check() error {
	for _, f := range []struct {
		flag               string
		value, from, below float64
	}{
		{"devices", o.devices, 1, 1e6}, {"train-devices", o.train, 1, 1e6}, {"use", o.use, 0, 1.000001}, {"use-bandwidth", o.bandwidth, 0, 1.000001},
		{"assume-rows", o.assume.Rows, 1, 1e15}, {"share", o.assume.Share, 0.001, 1.000001}, {"prompt-tokens", o.assume.Prompt, 1, 1e9},
		{"program-seconds", o.assume.ProgramSeconds, 0, 1e6}, {"graders", o.assume.Graders, 1, 1e6}, {"teacher-speed", o.assume.TeacherSpeed, 0, 1e12},
	} {
		if !(f.value >= f.from && f.value < f.below) {
			return fmt.Errorf("--%s is %g; valid: %g to %g", f.flag, f.value, f.from, math.Trunc(1000*f.below)/1000)
		}
	}
	return nil
}

// machine is what the plan's work is done on.
func (o planOptions) machine() (plan.Machine, error) {
	var m plan.Machine
	if o.device == compute.CPU {
		peak, err := o.peak(runtime.NumCPU())
		if err != nil {
			return m, err
		}
		m = plan.OnCPU(peak)
		m.Cores = float64(runtime.NumCPU())
	} else {
		d, err := compute.DeviceNamed(o.device)
		if err != nil {
			return m, fmt.Errorf("--device: %w, cpu", err)
		}
		m = plan.On(d, o.devices)
		m.Training = o.train
	}
	if o.use > 0 {
		m.UseTraining, m.UseSampling = o.use, o.use
	}
	if o.bandwidth > 0 && m.Device.Bandwidth > 0 {
		m.UseBandwidth = o.bandwidth
	}
	return m, nil
}

// workerPeak asks the worker program beside this one, which has the kernels.
func workerPeak(cores int) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("find the worker program: %w", err)
	}
	out, err := exec.Command(filepath.Join(filepath.Dir(self), "worker"), "peak", strconv.Itoa(cores)).Output()
	if err != nil {
		return 0, fmt.Errorf("measure this machine: %w; valid: make build, or --device with an accelerator's name", err)
	}
	peak, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return 0, fmt.Errorf("measure this machine: worker peak said %q", out)
	}
	return peak, nil
}
