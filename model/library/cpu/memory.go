package cpu

import (
	"slices"
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
	arenas pool
	// scratch is that of helpers, which are not to take arenas.
	scratch pool
}

// pool is working memory that is not in use, by rising length.
type pool [][]float32

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

// borrow returns working memory for n elements. Its contents are arbitrary.
func (m *memory) borrow(from *pool, n int) []float32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := *from
	for i, a := range list {
		if len(a) >= n {
			*from = slices.Delete(list, i, i+1)
			return a
		}
	}
	if last := len(list) - 1; last >= 0 { // it is too small for all that comes
		list[last] = nil
		*from = list[:last]
	}
	return aligned(n)
}

// release gives working memory back.
func (m *memory) release(to *pool, a []float32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := 0
	for i < len(*to) && len((*to)[i]) < len(a) {
		i++
	}
	*to = slices.Insert(*to, i, a)
}

// shrink forgets what is kept, if that is more than limit bytes.
func (m *memory) shrink(limit int64) {
	working := m.working()
	m.mu.Lock()
	kept := m.bytes + working
	m.mu.Unlock()
	if kept > limit {
		m.clear()
	}
}

// working is the size of the working memory that is not in use.
func (m *memory) working() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	size := int64(0)
	for _, p := range []pool{m.arenas, m.scratch} {
		for _, a := range p {
			size += 4 * int64(len(a))
		}
	}
	return size
}

func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free, m.bytes, m.arenas, m.scratch = nil, 0, nil, nil
}
