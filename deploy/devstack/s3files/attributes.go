package s3files

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"

	"golang.org/x/sys/unix"
)

// attributeName is the extended attribute that holds a file's attributes.
const attributeName = "user.temper.s3"

// attributes are what was recorded of an object when it was written. They stay
// when the file is changed behind the server's back, by a person or by the disk, so
// that a reader who compares the checksum notices.
type attributes struct {
	MD5    []byte            `json:"md5"`
	CRC32C []byte            `json:"crc32c"`
	Meta   map[string]string `json:"meta,omitempty"`
}

// write records the attributes of an open file, where the file system can.
func (a attributes) write(f *os.File) error {
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	err = unix.Fsetxattr(int(f.Fd()), attributeName, value, 0)
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS) {
		return nil
	}
	return err
}

// readAttributes returns the attributes of an open file, or ok = false.
func readAttributes(f *os.File) (a attributes, ok bool) {
	return parseAttributes(func(buffer []byte) (int, error) {
		return unix.Fgetxattr(int(f.Fd()), attributeName, buffer)
	})
}

// etag identifies the content of the file at path. It is the MD5, as in S3, or
// without attributes something longer, which nobody takes for an MD5 and which
// changes with the file.
func etag(path string, info fs.FileInfo) []byte {
	a, ok := parseAttributes(func(buffer []byte) (int, error) {
		return unix.Getxattr(path, attributeName, buffer)
	})
	if ok {
		return a.MD5
	}
	return etagOfFile(info)
}

func parseAttributes(read func([]byte) (int, error)) (a attributes, ok bool) {
	buffer := make([]byte, 4096)
	n, err := read(buffer)
	if errors.Is(err, unix.ERANGE) {
		buffer = make([]byte, 64<<10) // the most that Linux allows
		n, err = read(buffer)
	}
	if err != nil || json.Unmarshal(buffer[:n], &a) != nil || len(a.MD5) == 0 {
		return attributes{}, false
	}
	return a, true
}

func etagOfFile(info fs.FileInfo) []byte {
	stamp := binary.BigEndian.AppendUint64(nil, uint64(info.Size()))
	stamp = binary.BigEndian.AppendUint64(stamp, uint64(info.ModTime().UnixNano()))
	sum := sha1.Sum(stamp)
	return sum[:]
}

// headers are the attributes as the headers that gofakes3 answers with.
func (a attributes) headers() map[string]string {
	h := maps.Clone(a.Meta)
	if h == nil {
		h = map[string]string{}
	}
	if a.CRC32C != nil {
		h["X-Amz-Checksum-Crc32c"] = base64.StdEncoding.EncodeToString(a.CRC32C)
		h["X-Amz-Checksum-Type"] = "FULL_OBJECT"
	}
	return h
}
