package storetest

import (
	"context"
	"errors"
	"testing"

	"temper/activities/objectstore"
)

func testEndedContext(t *testing.T, s objectstore.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	ref, key := MustPut(t, s, RandomBytes(t, 8)), Folder()+"x"
	cancel()
	_, errPut := s.Put(ctx, RandomBytes(t, 8))
	_, errGet := s.Get(ctx, ref)
	errCreate := s.Create(ctx, key, nil)
	_, errRead := s.Read(ctx, key)
	_, errList := s.List(ctx, "test/")
	_, errSame := objectstore.CreateOrSame(ctx, s, key, nil)
	for op, err := range map[string]error{"put": errPut, "get": errGet, "create": errCreate, "read": errRead, "list": errList, "create or same": errSame} {
		if !errors.Is(err, context.Canceled) || objectstore.IsTransient(err) || objectstore.IsRefused(err) {
			t.Errorf("%s: %v", op, err)
		}
	}
}
