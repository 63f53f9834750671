// Worker is one process on one machine that does the work of runs: workflow
// decisions, computing with weights, grading. It can be killed at any moment;
// another, or the same one started again, goes on.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"go.temporal.io/sdk/worker"

	"temper/activities"
	"temper/deploy/endpoints"
	"temper/deploy/version"
	"temper/model/library/cpu"
	"temper/worker/inference"
	"temper/worker/machine"
	"temper/worker/teachers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if len(os.Args) == 3 && os.Args[1] == "peak" { // starter recipe plan asks
		cores, err := strconv.Atoi(os.Args[2])
		if err != nil || cores < 1 {
			fmt.Fprintf(os.Stderr, "worker: peak of %q cores; valid: a number from 1 on\n", os.Args[2])
			os.Exit(2)
		}
		fmt.Println(cpu.Peak(cores))
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "recompute" { // starter audit asks
		os.Exit(recomputeMain(ctx, os.Args[2:]))
	}
	if len(os.Args) > 1 {
		if cmd := inference.Commands()[os.Args[1]]; cmd != nil {
			cmd.SetOut(os.Stdout)
			os.Stdout = os.Stderr // for what libraries print: answers are lines of JSON
			os.Exit(inference.Run(ctx, cmd, os.Args[2:], os.Stderr))
		}
	}
	flags := flag.NewFlagSet("worker", flag.ExitOnError)
	data := flags.String("data", ".temper", "folder with the embedded stack's state; the lock of this worker lies there too")
	roles := flags.String("roles", allRoles, "what this worker does, separated by commas: control, gpu (which samples too), sampling, grader")
	cores := flags.Int("cores", runtime.GOMAXPROCS(0), "how many cores the gpu role computes on")
	backend := flags.String("backend", "", "what the gpu role computes with: cpu (the default), go, or xla:cuda in a build with the tag xla (then -cores 1)")
	checked := flags.Bool("check-memory", false, "compare every policy found in memory with what its name yields from the store (slow; for tests and doubts)")
	asked := flags.String("endpoints", "", "file that defines the endpoints that recipes' teachers are named by (default: endpoints.yaml in the -data folder, if it is there)")
	numerics := flags.String("allow-numerics", os.Getenv("TEMPER_ALLOW_NUMERICS"), fmt.Sprintf("versions of the numerics, separated by commas: compute for runs that began with these too, though this worker computes with %d and they may end with other weights; needs -reason (default: $TEMPER_ALLOW_NUMERICS, also for workers that starter starts)", version.Numerics))
	reason := flags.String("reason", os.Getenv("TEMPER_REASON"), "why -allow-numerics; with who started this worker it stands in the record of all work that is done so (default: $TEMPER_REASON)")
	deployment := flags.String("deployment", os.Getenv("TEMPORAL_DEPLOYMENT_NAME"), "name of the Temporal worker deployment that the control role belongs to; it gets no work until its version is current (default: $TEMPORAL_DEPLOYMENT_NAME; none: unversioned)")
	build := flags.String("build-id", os.Getenv("TEMPORAL_WORKER_BUILD_ID"), "version of this worker in the -deployment (default: $TEMPORAL_WORKER_BUILD_ID)")
	said := flags.Bool("version", false, "say which temper this is, and which numerics, and end")
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "Usage: worker [flags]\n\nDoes the work of runs until it is told to stop. Where Temporal and S3 are comes from\nDATA/devstack.json, or from TEMPORAL_ADDRESS, TEMPER_S3_ENDPOINT and the like.\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(os.Args[1:]); err != nil {
		os.Exit(2)
	}
	if *said {
		fmt.Println(version.Text())
		return
	}
	role, err := parseRoles(*roles)
	if err == nil {
		role.allowed, err = parseAllowance(*numerics, *reason)
	}
	if err == nil {
		role.deployment, err = parseDeployment(*deployment, *build)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "worker: %v\n", err)
		os.Exit(1)
	}
	if err := work(ctx, *data, role, machine.Machine{Cores: *cores, Backend: *backend, Available: machine.Available}, *checked, *asked); err != nil {
		fmt.Fprintf(os.Stderr, "worker: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
		os.Exit(1)
	}
}

// work connects, checks what this machine can do, and works until ctx ends.
func work(ctx context.Context, data string, role roleSet, m machine.Machine, checkMemory bool, asked string) error {
	if m.Cores < 1 {
		return fmt.Errorf("-cores is %d; valid: 1 and more", m.Cores)
	}
	t, err := openTeachers(data, asked)
	if err != nil {
		return err
	}
	before := predecessor(data)
	release, err := lock(data)
	if err != nil {
		return err
	}
	defer release()
	where, err := endpoints.Find(data)
	if err != nil {
		return err
	}
	return serve(ctx, where, role, m, checkMemory, t, before)
}

// openTeachers reads the file of endpoints; nil if none is given and the data folder has none.
func openTeachers(data, file string) (activities.Teachers, error) {
	if file == "" {
		file = filepath.Join(data, "endpoints.yaml")
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	return teachers.Open(file)
}

// roleSet says which task queues a worker serves.
type roleSet struct {
	control, gpu, sampling, grader bool
	// allowed are the runs of other numerics that the gpu role computes for.
	allowed allowance
	// deployment is the worker deployment version of the control role; the zero value is unversioned.
	deployment worker.WorkerDeploymentVersion
}

const allRoles = "control,gpu,grader"

func parseRoles(s string) (roleSet, error) {
	var r roleSet
	for name := range strings.SplitSeq(s, ",") {
		switch strings.TrimSpace(name) {
		case "control":
			r.control = true
		case "gpu":
			r.gpu, r.sampling = true, true
		case "sampling":
			r.sampling = true
		case "grader":
			r.grader = true
		default:
			return r, fmt.Errorf("-roles has %q; valid: control, gpu, sampling, grader", name)
		}
	}
	return r, nil
}

// predecessor is the name to Temporal of the worker that held the lock of a data folder last; "" if there is none.
func predecessor(data string) string {
	text, err := os.ReadFile(data + "/worker.lock")
	if err != nil {
		return ""
	}
	process, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || process == os.Getpid() {
		return ""
	}
	return identity(process)
}

const lockTries = 20

// lock holds data/worker.lock for as long as this process lives, so that others
// can see that a worker is running here.
func lock(data string) (release func(), err error) {
	if err := os.MkdirAll(data, 0o755); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	file, err := os.OpenFile(data+"/worker.lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	for tries := 1; ; tries++ { // whoever looks whether a worker is running holds the lock for a moment
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil || tries == lockTries {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another worker holds %s/worker.lock; stop it, or choose another -data", data)
		}
		return nil, fmt.Errorf("lock: %w", err)
	}
	// So that who wants to stop this worker knows its process.
	if err := errors.Join(file.Truncate(0), writeID(file)); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock: %w", err)
	}
	return func() { file.Close() }, nil
}

func writeID(file *os.File) error {
	_, err := fmt.Fprintln(file, os.Getpid())
	return err
}
