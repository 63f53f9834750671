package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"go.temporal.io/server/common/log/tag"
)

// maxLogSize is where a log file is renamed to NAME.1, replacing the one before.
const maxLogSize = 16 << 20

// logFile appends to a file and starts a new one when it is full.
type logFile struct {
	path string
	mu   sync.Mutex
	f    *os.File
	size int64
}

func openLog(path string) (*logFile, error) {
	l := &logFile{path: path}
	return l, l.open()
}

func (l *logFile) open() error {
	if st, err := os.Stat(l.path); err == nil && st.Size() >= maxLogSize {
		if err := os.Rename(l.path, l.path+".1"); err != nil {
			return fmt.Errorf("rotate log: %w", err)
		}
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return fmt.Errorf("open log: %w", err)
	}
	l.f, l.size = f, st.Size()
	return nil
}

// Write implements io.Writer.
func (l *logFile) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size >= maxLogSize {
		l.f.Close()
		if err := l.open(); err != nil {
			return 0, err
		}
	}
	n, err := l.f.Write(b)
	l.size += int64(n)
	return n, err
}

// serverLog adapts slog to the Temporal server's logger.
type serverLog struct{ *slog.Logger }

func (l serverLog) emit(level slog.Level, msg string, tags []tag.Tag) {
	if !l.Enabled(context.Background(), level) {
		return
	}
	attrs := make([]slog.Attr, len(tags))
	for i, t := range tags {
		attrs[i] = slog.Any(t.Key(), t.Value())
	}
	l.LogAttrs(context.Background(), level, msg, attrs...)
}

func (l serverLog) Debug(m string, t ...tag.Tag) { l.emit(slog.LevelDebug, m, t) }
func (l serverLog) Info(m string, t ...tag.Tag)  { l.emit(slog.LevelInfo, m, t) }
func (l serverLog) Warn(m string, t ...tag.Tag)  { l.emit(slog.LevelWarn, m, t) }
func (l serverLog) Error(m string, t ...tag.Tag) { l.emit(slog.LevelError, m, t) }

// DPanic is the server's "panic in development": it is an error here, since one
// broken request must not end everybody's workflows.
func (l serverLog) DPanic(m string, t ...tag.Tag) { l.emit(slog.LevelError, m, t) }

// Panic logs and panics.
func (l serverLog) Panic(m string, t ...tag.Tag) { l.emit(slog.LevelError, m, t); panic(m) }

// Fatal logs, says so on stderr and ends the process.
func (l serverLog) Fatal(m string, t ...tag.Tag) {
	l.emit(slog.LevelError, m, t)
	fmt.Fprintf(os.Stderr, "devstack: temporal stopped: %s; logs/temporal.log in the data directory has the details\n", m)
	os.Exit(1)
}
