package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// exportView shows how the files of an export are written: a bar for each on a
// terminal, a line for each elsewhere.
type exportView struct {
	out  io.Writer
	bars *mpb.Progress // nil for lines
	bar  *mpb.Bar
	file string
}

func newExportView(out io.Writer) *exportView {
	v := &exportView{out: out}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		v.bars = mpb.New(mpb.WithOutput(out), mpb.WithWidth(lineWidth), mpb.WithAutoRefresh())
	}
	return v
}

// note prints a line.
func (v *exportView) note(line string) {
	if v.bars != nil {
		fmt.Fprintln(v.bars, line)
		return
	}
	fmt.Fprintln(v.out, line)
}

// progress shows how much of a file is written.
func (v *exportView) progress(file string, written, size int64) {
	if v.bars == nil {
		if written == size {
			v.note(fmt.Sprintf("%s, %s", file, formatBytes(size)))
		}
		return
	}
	if file != v.file {
		v.file = file
		v.bar = v.bars.New(size, mpb.BarStyle().Rbound("]").Lbound("[").Filler("=").Tip(">").Padding(" "),
			mpb.BarWidth(barWidth),
			mpb.PrependDecorators(decor.Name(file+" ")),
			mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string {
				return fmt.Sprintf(" %s of %s", formatBytes(s.Current), formatBytes(s.Total))
			})))
	}
	v.bar.SetCurrent(written)
}

// close leaves the bars standing. Notes may still follow.
func (v *exportView) close() {
	if v.bars == nil {
		return
	}
	if v.bar != nil {
		v.bar.Abort(false) // a completed bar is not touched
	}
	v.bars.Wait()
	v.bars = nil
}

// byteUnits are the units of sizes that people type; a file's size is shown in the decimal ones.
var byteUnits = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1},
}

// formatBytes is a size for people: 1.5 GB.
func formatBytes(n int64) string {
	for _, unit := range byteUnits {
		if !strings.Contains(unit.name, "i") && unit.bytes > 1 && n >= unit.bytes {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(unit.bytes), unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// parseBytes reads a size such as 500MB, 5GB, 1.5GiB or 1000000.
func parseBytes(text string) (int64, error) {
	number, unit := strings.ToUpper(strings.TrimSpace(text)), int64(1)
	for _, u := range byteUnits {
		if rest, ok := strings.CutSuffix(number, strings.ToUpper(u.name)); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	value, err := strconv.ParseFloat(number, 64)
	if bytes := value * float64(unit); err == nil && bytes >= 1 && bytes < 1<<62 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf("%q is not a size; valid: a number with KB, MB, GB or TB, or KiB, MiB, GiB or TiB", text)
}
