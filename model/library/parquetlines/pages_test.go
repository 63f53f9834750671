package parquetlines

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// bombFile is a file with one row of n zeros.
func bombFile(t *testing.T, n int, codec compress.Codec) []byte {
	t.Helper()
	type row struct {
		Text string `parquet:"text"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, parquet.Compression(codec))
	if _, err := w.Write([]row{{strings.Repeat("0", n)}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBombs: a page that unpacks to more than any page has is refused in one line, and so is one
// whose header says less than it unpacks to.
func TestBombs(t *testing.T) {
	for name, codec := range map[string]compress.Codec{"gzip": &parquet.Gzip, "zstd": &parquet.Zstd, "snappy": &parquet.Snappy, "plain": &parquet.Uncompressed} {
		data := bombFile(t, 3<<20, codec)
		p := &pages{from: bytes.NewReader(data), size: int64(len(data)), most: 1 << 20}
		file, err := p.open()
		if err != nil {
			t.Fatal(err)
		}
		if err = p.checkGroup(file.Metadata().RowGroups[0]); err == nil || !strings.Contains(err.Error(), "column 1: its page at byte 4 has 3 MiB; the most is 1") {
			t.Errorf("%s: %v", name, err)
		}
		if name == "plain" {
			continue
		}
		if lies := underratedPage(t, data); !strings.Contains(lies.Error(), "unpacks to more than 1 MiB") {
			t.Errorf("%s with another header: %v", name, lies)
		}
	}
}

// underratedPage is what is said of a file's first page if its header says that it is small.
func underratedPage(t *testing.T, data []byte) error {
	t.Helper()
	p := &pages{from: bytes.NewReader(data), size: int64(len(data)), most: 1 << 20}
	defer p.close()
	header, length, err := p.header(4, p.size)
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	header.UncompressedPageSize = 1000
	changed, err := thrift.Marshal(new(thrift.CompactProtocol), &header)
	if err != nil {
		t.Fatal(err)
	}
	page := append(changed, data[4+length:4+length+int64(header.CompressedPageSize)]...)
	lying := &pages{from: bytes.NewReader(page), size: int64(len(page)), most: 1 << 20}
	defer lying.close()
	_, err = lying.checkPage(0, lying.size, file.Metadata().RowGroups[0].Columns[0].MetaData.Codec)
	if err == nil {
		t.Fatal("it is believed")
	}
	return err
}

// TestLies: sizes that a file does not have are errors before anything is taken for them.
func TestLies(t *testing.T) {
	data := file(t, "rows.parquet")
	long := bytes.Clone(data)
	binary.LittleEndian.PutUint32(long[len(long)-8:], 0xfffffff0)
	_, _, err := Lines(bytes.NewReader(long), int64(len(long)), 1<<20)
	if err == nil || !strings.Contains(err.Error(), "it is no whole Parquet file: its footer has 4294967280 bytes, and the file ") {
		t.Errorf("a footer that is too long: %v", err)
	}
	p := &pages{from: bytes.NewReader(data), size: int64(len(data))}
	for want, change := range map[string]func(*format.PageHeader){
		"says that it has 2147483647 bytes": func(h *format.PageHeader) { h.CompressedPageSize = 1<<31 - 1 },
		"has 2047 MiB; the most is 256":     func(h *format.PageHeader) { h.UncompressedPageSize = 1<<31 - 1 },
		"has 2147483647 values; the most is 67108864": func(h *format.PageHeader) {
			h.DictionaryPageHeader = thrift.Null[format.DictionaryPageHeader]{V: format.DictionaryPageHeader{NumValues: 1<<31 - 1}, Valid: true}
		},
	} {
		header, length, err := p.header(4, p.size)
		if err != nil {
			t.Fatal(err)
		}
		change(&header)
		changed, err := thrift.Marshal(new(thrift.CompactProtocol), &header)
		if err != nil {
			t.Fatal(err)
		}
		page := append(changed, data[4+length:]...)
		lying := &pages{from: bytes.NewReader(page), size: int64(len(page)), most: maxPage}
		if _, err := lying.checkPage(0, lying.size, format.Uncompressed); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
