// Package storetest is the suite of tests that every objectstore.Store passes.
package storetest

import (
	"crypto/rand"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// Tamper puts other bytes under an existing key of the store under test, behind
// its back. A checksum that the store keeps fits the new bytes.
type Tamper func(t *testing.T, key string, data []byte)

// Run holds store to the rules of objectstore.Store. The store need not be empty:
// every test works under keys of its own, and leaves there what it wrote.
func Run(t *testing.T, store objectstore.Store, tamper Tamper) {
	t.Run("blobs", func(t *testing.T) { testBlobs(t, store) })
	t.Run("damaged blobs", func(t *testing.T) { testDamagedBlobs(t, store, tamper) })
	t.Run("documents", func(t *testing.T) { testDocuments(t, store) })
	t.Run("concurrent creates", func(t *testing.T) { testConcurrentCreates(t, store) })
	t.Run("create or same", func(t *testing.T) { testCreateOrSame(t, store) })
	t.Run("list", func(t *testing.T) { testList(t, store) })
	t.Run("bad keys", func(t *testing.T) { testBadKeys(t, store) })
	t.Run("documents in documents", func(t *testing.T) { testDocumentsInDocuments(t, store) })
	t.Run("ended context", func(t *testing.T) { testEndedContext(t, store) })
}

// Folder returns a key prefix that no other test and no earlier run used.
func Folder() string { return "test/" + rand.Text() + "/" }

// RandomBytes returns n bytes that are in no store yet.
func RandomBytes(t *testing.T, n int) []byte {
	t.Helper()
	data := make([]byte, n)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	return data
}

// MustPut stores data as a blob and returns its ref, or ends the test.
func MustPut(t *testing.T, s objectstore.Store, data []byte) artifact.Ref {
	t.Helper()
	ref, err := s.Put(t.Context(), data)
	if err != nil {
		t.Fatalf("put %d bytes: %v", len(data), err)
	}
	return ref
}
