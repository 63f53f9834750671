package objectstore_test

import (
	"context"
	"testing"

	"temper/activities/objectstore"
	"temper/activities/objectstore/storetest"
	"temper/model/artifact"
)

func TestConformance(t *testing.T) {
	hooks := func(m *objectstore.Memory) storetest.Hooks {
		return storetest.Hooks{
			Tamper:  func(_ *testing.T, key string, data []byte) { m.Tamper(key, data) },
			Rot:     func(_ *testing.T, key string, data []byte) { m.Rot(key, data) },
			Disturb: m.Disturb,
		}
	}
	t.Run("memory", func(t *testing.T) {
		m := objectstore.NewMemory()
		storetest.Run(t, m, hooks(m))
	})
	t.Run("faults without a fault", func(t *testing.T) {
		m := objectstore.NewMemory()
		storetest.Run(t, objectstore.NewFaults(m), hooks(m))
	})
	t.Run("noting damage", func(t *testing.T) {
		m := objectstore.NewMemory()
		storetest.Run(t, objectstore.NoteDamage(m), hooks(m))
	})
	t.Run("overlap", func(t *testing.T) {
		m := objectstore.NewMemory()
		storetest.Run(t, fresh{objectstore.NewOverlap(m)}, hooks(m))
	})
}

// fresh looks at the store each time, so that damage is found.
type fresh struct{ *objectstore.Overlap }

func (f fresh) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	return f.Overlap.Get(objectstore.Fresh(ctx), ref)
}
