package curation

import (
	"encoding/binary"
	"errors"
	"math"
)

// sketchBytes is how long a sketch is without its ID.
const sketchBytes = 2*16 + 8 + 3*8 + 4

// Append adds the sketch's stored form: its numbers in little-endian order, then its ID.
func (s Sketch) Append(to []byte) []byte {
	to = append(append(to, s.Question[:]...), s.Said[:]...)
	to = binary.LittleEndian.AppendUint64(to, uint64(s.Tokens))
	for _, draw := range s.Draws {
		to = binary.LittleEndian.AppendUint64(to, math.Float64bits(draw))
	}
	to = binary.LittleEndian.AppendUint32(to, uint32(len(s.ID)))
	return append(to, s.ID...)
}

// NextSketch reads the first of some sketches in their stored form, and gives the rest.
func NextSketch(data []byte) (s Sketch, rest []byte, err error) {
	if len(data) < sketchBytes {
		return s, nil, errors.New("decode sketches: they are cut")
	}
	copy(s.Question[:], data)
	copy(s.Said[:], data[16:])
	s.Tokens = int(binary.LittleEndian.Uint64(data[32:]))
	for i := range s.Draws {
		s.Draws[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[40+8*i:]))
	}
	end := sketchBytes + uint64(binary.LittleEndian.Uint32(data[64:]))
	if uint64(len(data)) < end {
		return s, nil, errors.New("decode sketches: they are cut")
	}
	s.ID = string(data[sketchBytes:end])
	return s, data[end:], nil
}
