package objectstore

// Tamper puts other bytes under a key, with a checksum that fits them.
func (m *Memory) Tamper(key string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key] = newObject(data)
}
