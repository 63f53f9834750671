package objectstore_test

import (
	"testing"

	"temper/activities/objectstore"
	"temper/activities/objectstore/storetest"
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
}
