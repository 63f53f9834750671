package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// state is the data directory:
//
//	lock              flock of the running devstack, holds its pid
//	devstack.json     how to reach the running stack (endpoints)
//	keys.json         S3 keys, made once
//	temporal.db       Temporal's sqlite file, with temporal.version beside it
//	s3/               buckets and objects
//	logs/             temporal.log, s3.log
type state struct {
	dir  string
	lock *os.File
}

// keys are the S3 root credentials.
type keys struct {
	Access string `json:"access_key"`
	Secret string `json:"secret_key"`
}

// endpoints is the content of devstack.json. It exists while the stack is ready;
// after a kill -9 it is stale, so a reader checks that pid lives and the ports answer.
type endpoints struct {
	PID       int        `json:"pid"`
	Temporal  string     `json:"temporal"`
	Namespace string     `json:"namespace"`
	UI        string     `json:"ui"`
	S3        s3Endpoint `json:"s3"`
}

type s3Endpoint struct {
	Endpoint string `json:"endpoint"`
	Bucket   string `json:"bucket"`
	keys
}

// openState creates the data directory if needed and locks it for this process.
// The kernel drops the lock when the process ends, however it ends.
func openState(dir string) (*state, error) {
	for _, d := range []string{dir, filepath.Join(dir, "s3"), filepath.Join(dir, "logs")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("create data directory: %w", err)
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
		}
		holder, _ := os.ReadFile(f.Name()) // only makes the message better
		return nil, fmt.Errorf("another devstack (pid %s) runs on %s; stop it or choose another directory with -data",
			strings.TrimSpace(string(holder)), dir)
	}
	if err := f.Truncate(0); err != nil {
		return nil, fmt.Errorf("write lock: %w", err)
	}
	if _, err := fmt.Fprintln(f, os.Getpid()); err != nil {
		return nil, fmt.Errorf("write lock: %w", err)
	}
	return &state{dir: dir, lock: f}, nil
}

func (s *state) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// keys reads keys.json, or makes it with fresh random keys.
func (s *state) keys() (keys, error) {
	var k keys
	b, err := os.ReadFile(s.path("keys.json"))
	if errors.Is(err, fs.ErrNotExist) {
		k = keys{Access: rand.Text()[:20], Secret: rand.Text() + rand.Text()[:14]}
		return k, writeJSON(s.path("keys.json"), k)
	}
	if err != nil {
		return k, fmt.Errorf("read S3 keys: %w", err)
	}
	if err := json.Unmarshal(b, &k); err != nil {
		return k, fmt.Errorf("read S3 keys: %s: %w", s.path("keys.json"), err)
	}
	if k.Access == "" || k.Secret == "" {
		return k, fmt.Errorf("%s has no access_key or no secret_key; remove it to have new keys made", s.path("keys.json"))
	}
	return k, nil
}

func (s *state) publish(e endpoints) error { return writeJSON(s.path("devstack.json"), e) }

// unpublish removes devstack.json; that it is absent is no fault.
func (s *state) unpublish() error {
	if err := os.Remove(s.path("devstack.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove devstack.json: %w", err)
	}
	return nil
}

// writeJSON writes v to path with mode 0600 so that a reader sees the old file or the whole new one.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return writeFile(path, append(b, '\n'))
}

func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // fails, as it should, once the rename has happened
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
