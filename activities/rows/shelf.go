package rows

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"temper/model/artifact"
)

// lines are the lines of a shard, in memory or in a file.
type lines struct {
	data io.ReaderAt
	at   int64
	ends []int64 // where each line ends, from at
}

func linesOf(data []byte) *lines {
	return &lines{data: bytes.NewReader(data), ends: endsOf(data)}
}

// endsOf is where the lines end; the last may be without a line's end.
func endsOf(data []byte) (ends []int64) {
	for at := 0; at < len(data); {
		next := bytes.IndexByte(data[at:], '\n')
		if next < 0 {
			next = len(data) - at - 1
		}
		at += next + 1
		ends = append(ends, int64(at))
	}
	return ends
}

func (l *lines) len() int { return len(l.ends) }

func (l *lines) line(i int) ([]byte, error) {
	begin := int64(0)
	if i > 0 {
		begin = l.ends[i-1]
	}
	line := make([]byte, l.ends[i]-begin)
	_, err := l.data.ReadAt(line, l.at+begin)
	if err != nil {
		return nil, fmt.Errorf("read a row on this worker's disk: %w", err)
	}
	return line, nil
}

// mostShelved is of how many datasets a worker keeps shards on its disk.
const mostShelved = 4

// Shelf holds shards of datasets on a worker's disk, so that rows in any order cost one
// transfer of each shard. Its zero value is ready. The files are in the folder for temporary
// files (TMPDIR) and have no names, so that they end with the process.
type Shelf struct {
	mu   sync.Mutex
	held []*onDisk
}

// of is what is held of a dataset, perhaps nothing yet.
func (s *Shelf) of(ref artifact.Ref, shards int) (*onDisk, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.held, func(d *onDisk) bool { return d.of == ref }); i >= 0 {
		d := s.held[i]
		s.held = append(slices.Delete(s.held, i, i+1), d) // the last used stands last
		return d, nil
	}
	file, err := os.CreateTemp("", "temper-rows-*")
	if err == nil {
		err = os.Remove(file.Name())
	}
	if err != nil {
		return nil, fmt.Errorf("a place for datasets on this worker's disk: %w", err)
	}
	if len(s.held) == mostShelved {
		s.held = slices.Delete(s.held, 0, 1) // its file is closed when nobody reads it any more
	}
	d := &onDisk{of: ref, file: file, shards: make([]*lines, shards)}
	s.held = append(s.held, d)
	return d, nil
}

// onDisk are the shards of a dataset that have been read, one after the other in a file.
type onDisk struct {
	of     artifact.Ref
	mu     sync.Mutex
	file   *os.File
	end    int64
	shards []*lines
}

// lines are those of a shard, which get gets if it is not there yet.
func (d *onDisk) lines(shard int, get func() ([]byte, error)) (*lines, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if have := d.shards[shard]; have != nil {
		return have, nil
	}
	data, err := get()
	if err != nil {
		return nil, err
	}
	if _, err := d.file.WriteAt(data, d.end); err != nil {
		return nil, fmt.Errorf("copy a dataset to this worker's disk (TMPDIR): %w", err)
	}
	d.shards[shard] = &lines{data: d.file, at: d.end, ends: endsOf(data)}
	d.end += int64(len(data))
	return d.shards[shard], nil
}
