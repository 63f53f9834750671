package s3

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// testServer is the S3 server that the tests of this package share.
var testServer = sync.OnceValues(findServer)

// serverDisk is the folder below which the server keeps its objects, "" if it is not ours.
var serverDisk string

// stopServer ends what findServer started.
var stopServer = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopServer()
	os.Exit(code)
}

var errNoServer = errors.New("bin/devstack is not built: run make build (or set TEMPER_TEST_S3)")

// serverConfig returns a running S3 server, or skips the test.
func serverConfig(t *testing.T) Config {
	t.Helper()
	cfg, err := testServer()
	if errors.Is(err, errNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// findServer takes the server that TEMPER_TEST_S3 describes, a Config in
// JSON, or else starts bin/devstack.
func findServer() (cfg Config, err error) {
	if given := os.Getenv("TEMPER_TEST_S3"); given != "" {
		if err := json.Unmarshal([]byte(given), &cfg); err != nil {
			return cfg, fmt.Errorf("TEMPER_TEST_S3: %w", err)
		}
		return cfg, nil
	}
	binary, err := filepath.Abs("../../../bin/devstack")
	if err != nil {
		return cfg, err
	}
	if _, err := os.Stat(binary); errors.Is(err, os.ErrNotExist) {
		return cfg, errNoServer
	}
	dir, err := os.MkdirTemp("", "s3-test-")
	if err != nil {
		return cfg, err
	}
	stopServer = func() { os.RemoveAll(dir) }
	return startDevstack(binary, dir)
}

// startDevstack starts bin/devstack on free ports, waits until it is ready, and
// returns the store that it describes.
func startDevstack(binary, dir string) (cfg Config, err error) {
	var addresses []any
	for range 3 {
		address, err := findAddress()
		if err != nil {
			return cfg, err
		}
		addresses = append(addresses, address)
	}
	log, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		return cfg, err
	}
	defer log.Close()
	data := filepath.Join(dir, "data")
	serverDisk = data
	cmd := exec.Command(binary, "-data", data, "-temporal", addresses[0].(string), "-ui", addresses[1].(string), "-s3", addresses[2].(string))
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return cfg, err
	}
	if err := cmd.Start(); err != nil {
		return cfg, fmt.Errorf("start devstack: %w", err)
	}
	ended := make(chan struct{})
	stopServer = func() {
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(2 * time.Minute):
			cmd.Process.Kill()
			<-ended
		}
		os.RemoveAll(dir)
	}
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if lines.Text() == "ready" {
				close(ready)
				break
			}
		}
		io.Copy(io.Discard, stdout)
		cmd.Wait()
		close(ended)
	}()
	select {
	case <-ready:
	case <-ended:
		said, _ := os.ReadFile(log.Name())
		return cfg, fmt.Errorf("devstack ended before it was ready: %s", said)
	case <-time.After(2 * time.Minute):
		said, _ := os.ReadFile(log.Name())
		return cfg, fmt.Errorf("devstack is not ready after two minutes: %s", said)
	}
	var described struct {
		S3 Config `json:"s3"`
	}
	description, err := os.ReadFile(filepath.Join(data, "devstack.json"))
	if err != nil {
		return cfg, err
	}
	err = json.Unmarshal(description, &described)
	return described.S3, err
}

// findAddress returns a loopback address on which nothing listens.
func findAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := findAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}
