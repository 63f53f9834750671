package objectstore

// Tamper puts other bytes under a key, with a checksum that fits them.
func (m *Memory) Tamper(key string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key] = newObject(data)
}

// Rot puts other bytes under a key and leaves the checksum as it was.
func (m *Memory) Rot(key string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key] = object{data: data, crc: m.objects[key].crc}
}

// Disturb damages what the next n reads get.
func (m *Memory) Disturb(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.disturbed = n
}
