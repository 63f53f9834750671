// Package tfevents writes scalars as event files, which TensorBoard and the programs that read its
// files show. A file is a sequence of records, as TFRecord frames them, each an Event message of
// tensorflow/core/util/event.proto of which this package writes four fields.
package tfevents

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers of the fields of Event, Summary and Summary.Value.
const (
	eventWallTime    = 1
	eventStep        = 2
	eventFileVersion = 3
	eventSummary     = 5
	summaryValue     = 1
	valueTag         = 1
	valueSimple      = 2
)

// version is the first event of every file.
const version = "brain.Event:2"

// Writer writes an event file.
type Writer struct{ w io.Writer }

// NewWriter begins a file that was begun at a time. TensorBoard takes a file whose name has tfevents in it.
func NewWriter(w io.Writer, begun time.Time) (*Writer, error) {
	event := protowire.AppendTag(wallTime(begun), eventFileVersion, protowire.BytesType)
	return &Writer{w}, record(w, protowire.AppendString(event, version))
}

// Scalar adds a value. Tags with one beginning up to a slash share a section of TensorBoard's page.
func (w *Writer) Scalar(at time.Time, step int64, tag string, value float64) error {
	v := protowire.AppendTag(nil, valueTag, protowire.BytesType)
	v = protowire.AppendString(v, tag)
	v = protowire.AppendTag(v, valueSimple, protowire.Fixed32Type)
	v = protowire.AppendFixed32(v, math.Float32bits(float32(value)))
	summary := protowire.AppendTag(nil, summaryValue, protowire.BytesType)
	summary = protowire.AppendBytes(summary, v)
	event := protowire.AppendTag(wallTime(at), eventStep, protowire.VarintType)
	event = protowire.AppendVarint(event, uint64(step))
	event = protowire.AppendTag(event, eventSummary, protowire.BytesType)
	return record(w.w, protowire.AppendBytes(event, summary))
}

// wallTime begins an event: seconds since 1970.
func wallTime(at time.Time) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(nil, eventWallTime, protowire.Fixed64Type), math.Float64bits(float64(at.UnixMicro())/1e6))
}

// record frames data: its length, the checksum of that, data, and its checksum.
func record(w io.Writer, data []byte) error {
	frame := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	frame = binary.LittleEndian.AppendUint32(frame, masked(frame))
	frame = append(frame, data...)
	_, err := w.Write(binary.LittleEndian.AppendUint32(frame, masked(data)))
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the CRC-32C of data, turned and moved, so that a checksum of checksums is one too.
func masked(data []byte) uint32 {
	sum := crc32.Checksum(data, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}
