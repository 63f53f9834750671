package jsonlines

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sync/semaphore"
)

// maxLine is how many bytes a line may have.
const maxLine = 64 << 20

// Source is an input: a file or standard input.
type Source struct {
	// Name is the path, "-" for standard input.
	Name   string
	Reader io.Reader
}

// Open opens the files that a command line names; "-" is standard input, also
// if no file is named. Every file is opened before any is read, so that a
// missing one is an error before work starts. The function closes them.
func Open(paths []string, stdin io.Reader) (sources []Source, closeAll func(), err error) {
	var files []*os.File
	closeAll = func() {
		for _, file := range files {
			_ = file.Close() // they were only read
		}
	}
	if len(paths) == 0 {
		paths = []string{"-"}
	}
	for _, path := range paths {
		if path == "-" {
			sources = append(sources, Source{Name: path, Reader: stdin})
			continue
		}
		file, err := os.Open(path)
		if err == nil {
			files = append(files, file)
			var info os.FileInfo
			if info, err = file.Stat(); err == nil && info.IsDir() {
				err = fmt.Errorf("%s is a folder", path)
			}
		}
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("read lines: %w; valid: a file of JSON lines, or -", err)
		}
		sources = append(sources, Source{Name: path, Reader: file})
	}
	return sources, closeAll, nil
}

// scanner reads the lines of sources.
type scanner struct {
	max    int                 // bytes of a line
	memory *semaphore.Weighted // what the lines take that are not yet written
	lines  chan *Line
}

// scan sends the lines of all sources, and closes the channel.
func (s *scanner) scan(ctx context.Context, sources []Source) error {
	defer close(s.lines)
	for _, source := range sources {
		if err := s.source(ctx, source); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) source(ctx context.Context, source Source) error {
	in := bufio.NewReaderSize(source.Reader, 1<<16)
	for number := 1; ; number++ {
		text, long, err := readLine(in, s.max)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read lines: %s, line %d: %w", source.Name, number, err)
		}
		if number == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		line := &Line{Source: source.Name, Number: number, text: bytes.TrimSpace(text)}
		if long {
			line.text, line.err = nil, fmt.Errorf("the line has more than %d bytes", s.max)
		}
		if len(line.text) > 0 || long {
			if err := s.memory.Acquire(ctx, int64(len(line.text))); err != nil {
				return err
			}
			select {
			case s.lines <- line:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err != nil {
			return nil
		}
	}
}

// readLine reads a line without its end. Of a line that is too long it reads all
// but keeps only a part.
func readLine(in *bufio.Reader, limit int) (text []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(text)+len(part) > limit+1 {
			long = true
		} else {
			text = append(text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			text = bytes.TrimSuffix(text, []byte("\n"))
			return text, long || len(text) > limit, err
		}
	}
}
