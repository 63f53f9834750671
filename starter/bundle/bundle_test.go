package bundle

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/audit"
)

// newKey writes a new key pair as openssl does, and reads it back.
func newKey(t *testing.T) (private, public *Key) {
	t.Helper()
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err1 := x509.MarshalPKCS8PrivateKey(priv)
	pkix, err2 := x509.MarshalPKIXPublicKey(pub)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return readPEM(t, "PRIVATE KEY", pkcs8), readPEM(t, "PUBLIC KEY", pkix)
}

func readPEM(t *testing.T, kind string, der []byte) *Key {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := ReadKey(file)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

var recipeRef = artifact.RefOf([]byte(`{"name":"x"}`))

// write writes a small bundle.
func write(t *testing.T, target string, key *Key) {
	t.Helper()
	w, err := Create(target)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	r := audit.Report{Run: artifact.RunID{Name: "x", ID: "1"}, Recipe: recipeRef}
	r.Final.Checkpoint, r.Final.Weights = artifact.RefOf([]byte("c")), []artifact.Ref{artifact.RefOf([]byte("w"))}
	err = errors.Join(w.Document(recipeRef.Key, []byte(`{"name":"x"}`)), w.Document(recipeRef.Key, []byte(`{"name":"x"}`)),
		w.Document("runs/x/1/run/recipe-000000-00-0123456789ab.json", []byte("{}")), w.History([]byte(`{"workflow":"x","gone":true}`)), w.Finish(t.Context(), r, false, key))
	if err != nil {
		t.Fatal(err)
	}
}

func TestFolderAndZip(t *testing.T) {
	private, public := newKey(t)
	_, other := newKey(t)
	for _, name := range []string{"bundle", "bundle.zip"} {
		target := filepath.Join(t.TempDir(), name)
		write(t, target, private)
		if left, err := filepath.Glob(filepath.Join(filepath.Dir(target), ".*")); err != nil || len(left) > 0 {
			t.Errorf("%s: left are %v, error %v", name, left, err)
		}
		if _, err := Create(target); err == nil {
			t.Errorf("%s: it is overwritten", name)
		}
		b, err := Open(target)
		if err != nil {
			t.Fatal(err)
		}
		s := b.Statement
		if s.Run.Name != "x" || s.Recipe != recipeRef.SHA256 || len(s.Subjects) != 1 || s.Subjects[0].SHA256 != artifact.RefOf([]byte("w")).SHA256 || !s.History || s.Weights {
			t.Errorf("%s: the statement is %+v", name, s)
		}
		if data, err := b.Get(t.Context(), recipeRef); err != nil || string(data) != `{"name":"x"}` {
			t.Errorf("%s: %q, error %v", name, data, err)
		}
		if keys, err := b.List(t.Context(), artifact.Root); err != nil || len(keys) != 1 {
			t.Errorf("%s: records %v, error %v", name, keys, err)
		}
		gone := 0
		if err := b.History().Each(func(e audit.Execution) error { gone++; return nil }); err != nil || gone != 1 {
			t.Errorf("%s: %d executions, error %v", name, gone, err)
		}
		if err := b.VerifySignature(t.Context(), public); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := b.VerifySignature(t.Context(), other); err == nil {
			t.Errorf("%s: another key has signed it", name)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The signature is one over DSSE's form of the statement, which any other program computes.
func TestSignatureByTheSpecification(t *testing.T) {
	private, public := newKey(t)
	target := filepath.Join(t.TempDir(), "bundle")
	write(t, target, private)
	text, err := os.ReadFile(filepath.Join(target, envelopeFile))
	if err != nil {
		t.Fatal(err)
	}
	var envelope struct {
		PayloadType, Payload string
		Signatures           []struct{ Sig []byte }
	}
	if err := json.Unmarshal(text, &envelope); err != nil || len(envelope.Signatures) != 1 {
		t.Fatalf("%s: error %v", text, err)
	}
	statement, err := os.ReadFile(filepath.Join(target, statementFile))
	if err != nil || base64.StdEncoding.EncodeToString(statement) != envelope.Payload {
		t.Fatalf("the payload is another than the statement, error %v", err)
	}
	signed := fmt.Sprintf("DSSEv1 28 application/vnd.in-toto+json %d %s", len(statement), statement)
	if envelope.PayloadType != "application/vnd.in-toto+json" || !ed25519.Verify(public.public, []byte(signed), envelope.Signatures[0].Sig) {
		t.Error("the signature is not DSSE's")
	}
}

// change changes a file of a bundle.
func change(t *testing.T, bundle, file string, do func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(bundle, filepath.FromSlash(file))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, do(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func flipped(data []byte) []byte { data[len(data)/2] ^= 1; return data }

func TestForgedBundles(t *testing.T) {
	private, public := newKey(t)
	fresh := func() string {
		target := filepath.Join(t.TempDir(), "bundle")
		write(t, target, private)
		return target
	}
	at := fresh()
	change(t, at, storeFolder+recipeRef.Key, flipped)
	b, err := Open(at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(t.Context(), recipeRef); !errors.Is(err, artifact.ErrCorrupt) {
		t.Errorf("a changed file gives %v", err)
	}
	at = fresh()
	change(t, at, storeFolder+recipeRef.Key, func(data []byte) []byte { return append(data, make([]byte, 1<<20)...) })
	if b, err = Open(at); err != nil {
		t.Fatal(err)
	}
	if data, err := b.readAtMost(storeFolder+recipeRef.Key, recipeRef.Size); err != nil || int64(len(data)) != recipeRef.Size+1 {
		t.Errorf("of a file that is too long %d bytes are read, error %v", len(data), err)
	}
	if _, err := b.Get(t.Context(), recipeRef); !errors.Is(err, artifact.ErrCorrupt) {
		t.Errorf("a file that is too long gives %v", err)
	}
	at = fresh()
	change(t, at, contentsFile, func(data []byte) []byte { return append(data, data[:bytes.IndexByte(data, '\n')+1]...) })
	if _, err := Open(at); err == nil || !strings.Contains(err.Error(), "its statement says") {
		t.Errorf("a changed list gives %v", err)
	}
	at = fresh()
	change(t, at, statementFile, func(data []byte) []byte { return bytes.Replace(data, []byte(`"id"`), []byte(`"ID"`), 1) })
	if b, err = Open(at); err == nil {
		err = b.VerifySignature(t.Context(), public)
	}
	if err == nil || !strings.Contains(err.Error(), "another than the one that is signed") {
		t.Errorf("a changed statement gives %v", err)
	}
	at = fresh()
	change(t, at, envelopeFile, func(data []byte) []byte { return bytes.Replace(data, []byte(`"sig":"`), []byte(`"sig":"AAAA`), 1) })
	if b, err = Open(at); err != nil {
		t.Fatal(err)
	}
	if err := b.VerifySignature(t.Context(), public); err == nil {
		t.Error("a forged signature is taken")
	}
}

func TestNoBundle(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.zip")
	if err := os.WriteFile(file, []byte("no zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, t.TempDir()} {
		if _, err := Open(name); err == nil || !strings.Contains(err.Error(), "what export --audit wrote") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadKey(file); err == nil || !strings.Contains(err.Error(), "is no PEM file") {
		t.Errorf("a key that is none: %v", err)
	}
}
