package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf8"
)

const (
	// maxHeaderBytes is the limit of the format's own library.
	maxHeaderBytes = 100_000_000
	// maxOffset keeps sums of sizes far from overflow.
	maxOffset = math.MaxInt64 / 4
)

// Info describes one tensor of a container.
type Info struct {
	Name  string
	DType DType
	Shape []int
	// Offset is where the tensor's bytes begin, counted from the end of the header; Bytes is their number.
	Offset, Bytes int64
}

// Elements is the number of the tensor's values.
func (i Info) Elements() int {
	n, _ := elements(i.Shape) // Open has checked it
	return n
}

func (i Info) checkReadable() error {
	if !i.DType.Readable() {
		return fmt.Errorf("tensor %q: dtype %s cannot be read as floating-point weights; valid: F32, BF16, F16, F64", i.Name, i.DType)
	}
	return nil
}

// header is what stands before the data.
type header struct {
	infos    []Info // in the order of their data
	metadata map[string]string
	end      int64 // where the data begins
}

// readHeader reads and checks all that a header says, and that the container is
// exactly as long as it says.
func readHeader(r io.ReaderAt, size int64) (header, error) {
	text, err := headerText(r, size)
	if err != nil {
		return header{}, err
	}
	h, err := parseHeader(text)
	if err != nil {
		return header{}, err
	}
	h.end = 8 + int64(len(text))
	promised := h.end
	for _, info := range h.infos {
		if start := h.end + info.Offset; start < promised {
			return header{}, fmt.Errorf("tensor %q: its data starts at %d, inside the tensor before it, which ends at %d", info.Name, info.Offset, promised-h.end)
		} else if start > promised {
			return header{}, fmt.Errorf("tensor %q: its data starts at %d, leaving a gap after %d", info.Name, info.Offset, promised-h.end)
		}
		promised += info.Bytes
	}
	switch {
	case size < promised:
		return header{}, fmt.Errorf("truncated: has %d bytes, header promises %d", size, promised)
	case size > promised:
		return header{}, fmt.Errorf("%d bytes follow the last tensor: has %d bytes, header promises %d", size-promised, size, promised)
	}
	return h, nil
}

// headerText reads the JSON, after a look at whether this can be a container at all.
func headerText(r io.ReaderAt, size int64) ([]byte, error) {
	var length [8]byte
	if size < 8 {
		return nil, fmt.Errorf("truncated: has %d bytes; the header length alone takes 8", size)
	}
	if err := readFull(r, length[:], 0); err != nil {
		return nil, fmt.Errorf("read the header length: %w", err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	switch {
	case string(length[:]) == "version ":
		return nil, errors.New("is a Git LFS pointer, not the file itself; fetch it with `git lfs pull`")
	case n > maxHeaderBytes:
		return nil, fmt.Errorf("not a safetensors file: its first 8 bytes give a header of %d bytes; at most %d are allowed", n, maxHeaderBytes)
	case int64(n) > size-8:
		return nil, fmt.Errorf("truncated: has %d bytes, and the header alone ends at %d", size, n+8)
	}
	text := make([]byte, n)
	if err := readFull(r, text, 8); err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	return text, nil
}

// parseHeader reads the JSON and checks each tensor by itself.
func parseHeader(text []byte) (header, error) {
	var h header
	if !utf8.Valid(text) || len(text) == 0 || text[0] != '{' {
		return h, errors.New("header: not a JSON object in UTF-8; is this a safetensors file?")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	err := eachField(decoder, func(name string) (err error) {
		if name == metadataKey {
			h.metadata, err = parseMetadata(decoder)
			return err
		}
		info, err := parseInfo(decoder, name)
		h.infos = append(h.infos, info)
		return err
	})
	if err != nil {
		return h, fmt.Errorf("header: %w", plain(err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return h, errors.New("header: something follows the JSON object")
	}
	slices.SortFunc(h.infos, func(a, b Info) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Bytes, b.Bytes), cmp.Compare(a.Name, b.Name))
	})
	return h, nil
}

// plain says what an early end of the JSON means here.
func plain(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the JSON ends in the middle")
	}
	return err
}

// eachField calls visit for each key of the object that comes next, when its
// value is next. The standard decoder would take the last of two equal keys.
func eachField(d *json.Decoder, visit func(key string) error) error {
	begin, err := d.Token()
	if err != nil {
		return err
	}
	if begin != json.Delim('{') {
		return errors.New("not an object")
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok {
			return errors.New("not an object")
		}
		if seen[key] {
			return fmt.Errorf("%q occurs twice", key)
		}
		seen[key] = true
		if err := visit(key); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

func parseMetadata(d *json.Decoder) (map[string]string, error) {
	var values map[string]*string
	if err := d.Decode(&values); err != nil {
		return nil, fmt.Errorf("%s: its values must be strings: %w", metadataKey, plain(err))
	}
	if values == nil { // null
		return nil, nil
	}
	metadata := make(map[string]string, len(values))
	for key, value := range values {
		if value == nil {
			return nil, fmt.Errorf("%s: its values must be strings: %q is null", metadataKey, key)
		}
		metadata[key] = *value
	}
	return metadata, nil
}

// parseInfo reads what the header says of one tensor and checks its byte range
// against dtype and shape.
func parseInfo(d *json.Decoder, name string) (Info, error) {
	info := Info{Name: name}
	var shape []int
	var offsets []int64
	err := eachField(d, func(key string) error {
		var into any
		switch key {
		case "dtype":
			into = &info.DType
		case "shape":
			into = &shape
		case "data_offsets":
			into = &offsets
		default:
			into = new(json.RawMessage)
		}
		err := d.Decode(into)
		if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
			return fmt.Errorf("%s has a %s that does not belong there", key, wrong.Value)
		}
		return err
	})
	if err != nil {
		return info, fmt.Errorf("tensor %q: %w", name, plain(err))
	}
	if info.DType == "" || shape == nil || len(offsets) != 2 {
		return info, fmt.Errorf("tensor %q: it needs dtype, shape and two data_offsets", name)
	}
	info.Shape, info.Offset, info.Bytes = shape, offsets[0], offsets[1]-offsets[0]
	return info, info.check(offsets)
}

func (i Info) check(offsets []int64) error {
	bits, known := bitsOf[i.DType]
	if !known {
		return fmt.Errorf("tensor %q: dtype %q is not one of the format", i.Name, i.DType)
	}
	n, ok := elements(i.Shape)
	if !ok {
		return fmt.Errorf("tensor %q: shape %v is negative or too large", i.Name, i.Shape)
	}
	if offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > maxOffset {
		return fmt.Errorf("tensor %q: data_offsets %v are not a range of bytes", i.Name, offsets)
	}
	// elements leaves room for n times the 64 bits of the largest dtype.
	if n*bits/8 != int(i.Bytes) || n*bits%8 != 0 {
		return fmt.Errorf("tensor %q: %d bytes of data for shape %v of %s, which takes %d", i.Name, i.Bytes, i.Shape, i.DType, (n*bits+7)/8)
	}
	return nil
}

// readFull reads exactly len(p) bytes; a reader may say EOF with the last of them.
func readFull(r io.ReaderAt, p []byte, at int64) error {
	n, err := r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%d of %d bytes at %d: %w", n, len(p), at, err)
}
