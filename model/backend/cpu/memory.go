package cpu

import (
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// keepBytes bounds the memory of free buffers.
const keepBytes = 256 << 20

// memory keeps freed buffers by shape, and the working memory of executions, so
// that a training step allocates nothing.
type memory struct {
	mu     sync.Mutex
	free   map[string][]compute.Buffer
	bytes  int64
	arenas [][]float32 // by rising length
}

// take returns a free buffer of the shape, or nil.
func (m *memory) take(shape shapes.Shape) compute.Buffer {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := shape.String()
	list := m.free[key]
	if len(list) == 0 {
		return nil
	}
	b := list[len(list)-1]
	list[len(list)-1] = nil
	m.free[key] = list[:len(list)-1]
	m.bytes -= shape.ByteSize()
	return b
}

// give keeps a buffer, unless too many are kept; then all of them go.
func (m *memory) give(b compute.Buffer) error {
	shape, err := b.Shape()
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bytes+shape.ByteSize() > keepBytes {
		m.free, m.bytes = nil, 0
	}
	if shape.ByteSize() > keepBytes {
		return b.Finalize()
	}
	if m.free == nil {
		m.free = make(map[string][]compute.Buffer)
	}
	key := shape.String()
	m.free[key] = append(m.free[key], b)
	m.bytes += shape.ByteSize()
	return nil
}

// arena returns working memory for n elements. Its contents are arbitrary.
func (m *memory) arena(n int) []float32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, a := range m.arenas {
		if len(a) >= n {
			m.arenas = append(m.arenas[:i], m.arenas[i+1:]...)
			return a
		}
	}
	if last := len(m.arenas) - 1; last >= 0 { // it is too small for all that comes
		m.arenas = m.arenas[:last]
	}
	return aligned(n)
}

// release gives an arena back.
func (m *memory) release(a []float32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := 0
	for i < len(m.arenas) && len(m.arenas[i]) < len(a) {
		i++
	}
	m.arenas = append(m.arenas, nil)
	copy(m.arenas[i+1:], m.arenas[i:])
	m.arenas[i] = a
}

func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free, m.bytes, m.arenas = nil, 0, nil
}
