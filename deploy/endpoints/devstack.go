package endpoints

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"temper/activities/objectstore/s3"
)

// Devstack is what a running devstack writes into DIR/devstack.json. After a
// kill the file is stale.
type Devstack struct {
	PID       int       `json:"pid"`
	Temporal  string    `json:"temporal"`
	Namespace string    `json:"namespace"`
	UI        string    `json:"ui"`
	S3        s3.Config `json:"s3"`
}

// ReadDevstack reads DIR/devstack.json. The error wraps fs.ErrNotExist when
// there is none.
func ReadDevstack(dataDir string) (Devstack, error) {
	path := filepath.Join(dataDir, "devstack.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return Devstack{}, fmt.Errorf("read devstack: %w", err)
	}
	var d Devstack
	if err := json.Unmarshal(data, &d); err != nil {
		return Devstack{}, fmt.Errorf("read devstack: %s: %w", path, err)
	}
	if d.PID <= 0 || d.Temporal == "" || d.S3.Endpoint == "" {
		return Devstack{}, fmt.Errorf("read devstack: %s lacks pid, temporal or s3.endpoint; remove it if no devstack runs", path)
	}
	return d, nil
}

// runs reports whether the devstack of the data directory runs: it holds the
// directory's lock. The process ID alone may be another's by now.
func (d Devstack) runs(dataDir string) bool {
	held, err := Held(filepath.Join(dataDir, "lock"))
	if errors.Is(err, fs.ErrNotExist) {
		held = true // written by hand, for a devstack elsewhere
	}
	return held && processLives(d.PID)
}

// Held reports whether a process holds the lock file path: the kernel drops the
// lock when its holder ends, however it ends. The error wraps fs.ErrNotExist
// where there is no such file.
func Held(path string) (bool, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, fmt.Errorf("look for a running program: %w", err)
	}
	defer file.Close() // drops our lock
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
		return false, fmt.Errorf("look for a running program: %w", err)
	}
	return err != nil, nil
}

// Alive reports whether the process lives and Temporal and the S3 store accept
// connections.
func (d Devstack) Alive() bool {
	return processLives(d.PID) && answers(d.Temporal) && answers(hostPort(d.S3.Endpoint))
}

func processLives(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

func answers(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// hostPort takes the address out of an endpoint that may be a URL.
func hostPort(endpoint string) string {
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		return u.Host
	}
	return endpoint
}
