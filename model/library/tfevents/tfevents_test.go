package tfevents

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"time"
)

// The bytes are those that TensorBoard's own code (tensorboard 2.21, RecordWriter and Event) has for the
// same events.
func TestBytes(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, time.Unix(1700000000, 5e8))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Scalar(time.Unix(1700000001, 0), 300, "math/reward", -0.625); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(b.Bytes()); got != reference {
		t.Errorf("got  %s\nwant %s", got, reference)
	}
}

// An error of the file is the caller's to hear.
func TestFull(t *testing.T) {
	full := errors.New("no space")
	if _, err := NewWriter(failing{full}, time.Unix(0, 0)); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

const reference = "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b35311022000000000000007811" +
	"3dfd0900004040fc54d94110ac022a140a120a0b6d6174682f72657761726415000020bf2f77023f"
