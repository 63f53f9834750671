package objectstore_test

import (
	"testing"

	"temper/activities/objectstore"
	"temper/activities/objectstore/storetest"
)

func TestConformance(t *testing.T) {
	tamper := func(m *objectstore.Memory) storetest.Tamper {
		return func(_ *testing.T, key string, data []byte) { m.Tamper(key, data) }
	}
	t.Run("memory", func(t *testing.T) {
		m := objectstore.NewMemory()
		storetest.Run(t, m, tamper(m))
	})
	t.Run("faults without a fault", func(t *testing.T) {
		m := objectstore.NewMemory()
		storetest.Run(t, objectstore.NewFaults(m), tamper(m))
	})
}
