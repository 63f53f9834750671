package learner

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/library/safetensors"
	"temper/model/memory"
	"temper/model/pretrained"
	"temper/model/recipe"
	"temper/model/rollout"
	"temper/worker/machine"
)

// BenchmarkMemory measures what a process of its own takes at most for each kind of
// work with a model of Qwen2.5-0.5B's shape, and fails where that is more than a
// tenth off the estimate: reading a folder of bfloat16 into a checkpoint, sampling from that,
// one update of TEMPER_ROWS rows (2) of 512 tokens with its checkpoint. Run it with
// -benchtime 1x, on a machine with 12 GB and 12 GB of disk.
func BenchmarkMemory(b *testing.B) {
	if kind := os.Getenv("TEMPER_MEMORY_OF"); kind != "" {
		measured(b, kind, os.Getenv("TEMPER_MEMORY_DIR"))
		return
	}
	dir := b.TempDir()
	writeHalfBillion(b, filepath.Join(dir, "model"))
	for _, kind := range []string{"load", "sample", "train"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command(os.Args[0], "-test.run", "^$", "-test.bench", "^BenchmarkMemory$", "-test.benchtime", "1x")
				cmd.Env = append(os.Environ(), "TEMPER_MEMORY_OF="+kind, "TEMPER_MEMORY_DIR="+dir)
				out, err := cmd.CombinedOutput()
				if err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				var peak, estimate, seconds float64
				for _, line := range strings.Split(string(out), "\n") {
					if n, _ := fmt.Sscanf(line, "peak %f estimate %f seconds %f", &peak, &estimate, &seconds); n == 3 {
						break
					}
				}
				if ratio := peak / estimate; !(ratio > 0.9 && ratio < 1.1) {
					b.Errorf("the peak is %.0f MiB, the estimate %.0f: %.2f times", peak, estimate, ratio)
				}
				b.ReportMetric(peak, "peak-MiB")
				b.ReportMetric(estimate, "estimate-MiB")
				b.ReportMetric(seconds, "s")
			}
		})
	}
}

// measured does one kind of work and says what it took.
func measured(b *testing.B, kind, dir string) {
	l := New(folderStore(filepath.Join(dir, "store")), machine.Machine{Cores: 2, Available: machine.Available})
	ctx, c := b.Context(), halfBillion
	began := time.Now()
	var estimate memory.Estimate
	switch kind {
	case "load":
		base, err := pretrained.Inspect(ctx, pretrained.Local(filepath.Join(dir, "model")))
		if err != nil {
			b.Fatal(err)
		}
		defer base.Close()
		spec := activities.InitialModel{Model: recipe.Model{MaxPositionEmbeddings: c.MaxPositionEmbeddings}, Base: base, VocabSize: c.VocabSize}
		ref, err := l.Initial(ctx, spec)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "initial"), fmt.Append(nil, ref.SHA256, " ", ref.Size), 0o644); err != nil {
			b.Fatal(err)
		}
		estimate = l.alone(c, false, l.fileBytes(c))
	case "sample":
		var requests []rollout.Request
		for i := range 32 {
			requests = append(requests, rollout.Request{Problem: i, Seed: uint64(i), Prompt: []int32{1, 2, 3, int32(i)}})
		}
		if _, err := l.Sample(ctx, initialIn(b, dir), requests, activities.Decoding{Sampling: rollout.Sampling{Temperature: 1, TopP: 1, MaxResponseTokens: 8}, Rows: 16}, nil); err != nil {
			b.Fatal(err)
		}
		work, err := l.samplingBytes(c, "", 16, len(requests), 4, 8)
		if err != nil {
			b.Fatal(err)
		}
		estimate = l.alone(c, false, work)
	case "train":
		rows, err := strconv.Atoi(os.Getenv("TEMPER_ROWS"))
		if err != nil {
			rows = 2
		}
		numerics := recipe.Numerics{MicroBatchTokens: 1024}
		batch, lengths := make([]dataset.Tokenized, rows), make([]int, rows)
		for i := range batch {
			batch[i] = dataset.Tokenized{Prompt: []int32{1}, Response: make([]int32, 511)}
			for t := range batch[i].Response {
				batch[i].Response[t] = rand.Int32N(1000)
			}
			lengths[i] = 512
		}
		segment := activities.SFTSegment{Optimizer: recipe.Optimizer{LearningRate: 1e-5, Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, MaxGradNorm: 1}, Updates: 1, Batches: learnertest.Batches(batch), Numerics: numerics}
		if _, _, err := l.TrainSFT(ctx, initialIn(b, dir), segment, nil); err != nil {
			b.Fatal(err)
		}
		estimate = l.alone(c, true, l.trainingBytes(c, newEngine(l.machine, c, numerics), lengths))
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	fmt.Printf("\npeak %d estimate %d seconds %.1f\n", machine.Numbers(string(status))["VmHWM:"]>>10, estimate.Total()>>20, time.Since(began).Seconds())
}

func initialIn(b *testing.B, dir string) artifact.Policy {
	data, err := os.ReadFile(filepath.Join(dir, "initial"))
	if err != nil {
		b.Fatal(err)
	}
	var ref artifact.Ref
	if _, err := fmt.Sscan(string(data), &ref.SHA256, &ref.Size); err != nil {
		b.Fatal(err)
	}
	ref.Key = artifact.BlobPrefix + ref.SHA256[:2] + "/" + ref.SHA256
	return artifact.Policy{Checkpoint: ref}
}

// writeHalfBillion writes random weights as bfloat16.
func writeHalfBillion(b *testing.B, dir string) {
	rng := rand.New(rand.NewPCG(1, 2))
	pool := make([]float32, 1<<20)
	for i := range pool {
		pool[i] = float32(rng.NormFloat64() * 0.02)
	}
	var specs []safetensors.Spec
	for _, p := range halfBillion.Params() {
		specs = append(specs, safetensors.Spec{Name: p.Name, Shape: p.Shape})
	}
	values := func(_ context.Context, name string, first int, into []float32) error {
		for i := range into {
			into[i] = pool[(first+i+7919*len(name))%len(pool)]
		}
		return nil
	}
	err := pretrained.Write(b.Context(), pretrained.LocalSink(dir), pretrained.Export{Config: halfBillion.JSON(), Tensors: specs, Values: values, DType: safetensors.BF16})
	if err != nil {
		b.Fatal(err)
	}
}

// folderStore keeps blobs as files, whose memory is not this process's.
type folderStore string

func (s folderStore) Put(_ context.Context, data []byte) (artifact.Ref, error) {
	ref := artifact.RefOf(data)
	if err := os.MkdirAll(string(s), 0o755); err != nil {
		return ref, err
	}
	return ref, os.WriteFile(filepath.Join(string(s), ref.SHA256), data, 0o644)
}

func (s folderStore) Get(_ context.Context, ref artifact.Ref) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(s), ref.SHA256))
}

var errBlobsAlone = errors.New("this store has blobs alone")

func (s folderStore) Create(context.Context, string, []byte) error { return errBlobsAlone }

func (s folderStore) Read(context.Context, string) ([]byte, error) { return nil, errBlobsAlone }

func (s folderStore) List(context.Context, string) ([]string, error) { return nil, errBlobsAlone }
