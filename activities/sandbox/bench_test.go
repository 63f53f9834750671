//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"testing"
)

// smallJob is a program of the size that the demo grades: one function, ten calls.
func smallJob(i int) Job {
	j := Job{Program: fmt.Sprintf("def f(x):return %d*x+3", i%4), Function: "f"}
	for x := range 10 {
		j.Calls = append(j.Calls, json.RawMessage(fmt.Sprintf("[%d]", x)))
	}
	return j
}

// BenchmarkRun compares programs per second, on all cores, with starting a bare
// interpreter once per program.
func BenchmarkRun(b *testing.B) {
	s := open(b)
	perSecond := func(b *testing.B) { b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "programs/s") }
	b.Run("sandbox", func(b *testing.B) {
		b.SetParallelism(2) // as many as there are slots
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				out, err := s.Run(context.Background(), smallJob(i))
				if err != nil || len(out.Tests) != 10 {
					b.Fatal(out, err)
				}
			}
		})
		perSecond(b)
	})
	for name, flags := range map[string][]string{"bare-python-I": {"-I"}, "bare-python-I-S": {"-I", "-S"}} {
		b.Run(name, func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := exec.Command("/usr/bin/python3", append(flags, "-c", "print([2*x+3 for x in range(10)])")...).Run(); err != nil {
						b.Fatal(err)
					}
				}
			})
			perSecond(b)
		})
	}
}
