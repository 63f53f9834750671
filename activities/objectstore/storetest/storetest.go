// Package storetest is the suite of tests that every objectstore.Store passes.
package storetest

import (
	"crypto/rand"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// Hooks reach behind the back of the store under test.
type Hooks struct {
	// Tamper puts other bytes under an existing key. A checksum that the store keeps fits the new bytes.
	Tamper func(t *testing.T, key string, data []byte)
	// Rot does so and leaves the checksum that the store keeps as it was, as a
	// disk does. It is nil where the store's disk cannot be reached.
	Rot func(t *testing.T, key string, data []byte)
	// Disturb damages the bytes that the next n reads get, on their way.
	Disturb func(n int)
}

// Run holds store to the rules of objectstore.Store. The store need not be empty:
// every test works under keys of its own, and leaves there what it wrote.
func Run(t *testing.T, store objectstore.Store, hooks Hooks) {
	t.Run("blobs", func(t *testing.T) { testBlobs(t, store) })
	t.Run("damaged blobs", func(t *testing.T) { testDamagedBlobs(t, store, hooks.Tamper) })
	t.Run("rotten", func(t *testing.T) {
		if hooks.Rot == nil {
			t.Skip("the store's disk cannot be reached: damage behind its checksums was not tried")
		}
		testDamagedBlobs(t, store, hooks.Rot)
		testRottenDocuments(t, store, hooks.Rot)
	})
	t.Run("disturbed reads", func(t *testing.T) { testDisturbedReads(t, store, hooks.Disturb) })
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
