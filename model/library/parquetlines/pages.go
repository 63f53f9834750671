package parquetlines

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The reader believes what a file says of its sizes, and would take as much memory. So they are
// looked at before: a page that is larger is refused, whatever its header says.
const (
	maxPage   = 256 << 20 // bytes, unpacked
	maxValues = 64 << 20
)

// pages looks at the pages of a file.
type pages struct {
	from io.ReaderAt
	size int64
	most int64 // bytes of a page: maxPage
	zstd *zstd.Decoder
}

// checkFooter refuses a footer that is longer than the file.
func (p *pages) checkFooter() error {
	var end [8]byte
	if p.size < int64(len(end)) {
		return errors.New("it is too short")
	}
	if _, err := p.from.ReadAt(end[:], p.size-int64(len(end))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if n := int64(binary.LittleEndian.Uint32(end[:])); n > p.size-int64(len(end)) {
		return fmt.Errorf("its footer has %d bytes, and the file %d", n, p.size)
	}
	return nil
}

// checkGroup looks at all pages of a row group.
func (p *pages) checkGroup(group format.RowGroup) error {
	for i := range group.Columns {
		c := &group.Columns[i].MetaData
		at := c.DataPageOffset
		if d := c.DictionaryPageOffset; d > 0 && d < at {
			at = d
		}
		end := at + c.TotalCompressedSize
		if at < 0 || end < at || end > p.size {
			return fmt.Errorf("column %d has bytes %d to %d, and the file %d", i+1, at, end, p.size)
		}
		for at < end {
			next, err := p.checkPage(at, end, c.Codec)
			if err != nil {
				return fmt.Errorf("column %d: %w", i+1, err)
			}
			at = next
		}
	}
	return nil
}

// checkPage looks at a page and says where the next begins.
func (p *pages) checkPage(at, end int64, codec format.CompressionCodec) (next int64, err error) {
	header, length, err := p.header(at, end)
	if err != nil {
		return 0, fmt.Errorf("its page at byte %d has no header: %w", at, err)
	}
	packed, unpacked := int64(header.CompressedPageSize), int64(header.UncompressedPageSize)
	values := max(header.DataPageHeader.V.NumValues, header.DataPageHeaderV2.V.NumValues, header.DictionaryPageHeader.V.NumValues)
	begin := at + length
	next = begin + packed
	switch {
	case packed < 0 || unpacked < 0 || next > end:
		return 0, fmt.Errorf("its page at byte %d says that it has %d bytes", at, packed)
	case unpacked > p.most || packed > p.most:
		return 0, fmt.Errorf("its page at byte %d has %d MiB; the most is %d", at, max(packed, unpacked)>>20, p.most>>20)
	case values > maxValues:
		return 0, fmt.Errorf("its page at byte %d has %d values; the most is %d", at, values, maxValues)
	}
	if v2 := header.DataPageHeaderV2; v2.Valid { // its levels are not packed
		if v2.V.IsCompressed.Valid && !v2.V.IsCompressed.V {
			return next, nil
		}
		begin += int64(v2.V.RepetitionLevelsByteLength) + int64(v2.V.DefinitionLevelsByteLength)
		if begin > next {
			return 0, fmt.Errorf("its page at byte %d has levels beyond its end", at)
		}
	}
	if n, err := p.unpacks(codec, begin, next); err == nil && n > p.most {
		return 0, fmt.Errorf("its page at byte %d unpacks to more than %d MiB", at, p.most>>20)
	}
	return next, nil
}

// header reads a page's header and says how long it is.
func (p *pages) header(at, end int64) (header format.PageHeader, length int64, err error) {
	const most = 32 << 20
	for n := min(end-at, 1<<10); ; n = min(end-at, most) { // statistics hold whole values
		window := make([]byte, n)
		if _, err := p.from.ReadAt(window, at); err != nil && !errors.Is(err, io.EOF) {
			return header, 0, err
		}
		reader := new(thrift.CompactProtocol).NewReaderFromBytes(window)
		header = format.PageHeader{}
		err := thrift.NewDecoder(reader).Decode(&header)
		if err == nil || n == min(end-at, most) {
			return header, int64(reader.BytesRead()), err
		}
	}
}

// unpacks is how many bytes some of the file unpacks to, at most one more than a page has. What is
// damaged is for the reader to say.
func (p *pages) unpacks(codec format.CompressionCodec, begin, end int64) (int64, error) {
	data := io.NewSectionReader(p.from, begin, end-begin)
	switch codec {
	case format.Snappy:
		var prefix [binary.MaxVarintLen64]byte
		n, err := data.Read(prefix[:])
		if err != nil {
			return 0, err
		}
		size, err := binary.ReadUvarint(bytes.NewReader(prefix[:n]))
		return int64(min(size, uint64(p.most)+1)), err
	case format.Gzip:
		unpacked, err := gzip.NewReader(data)
		if err != nil {
			return 0, err
		}
		return io.CopyN(io.Discard, unpacked, p.most+1)
	case format.Zstd:
		var err error
		if p.zstd == nil {
			p.zstd, err = zstd.NewReader(data, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxPage))
		} else {
			err = p.zstd.Reset(data)
		}
		if err != nil {
			return 0, err
		}
		return io.CopyN(io.Discard, p.zstd, p.most+1)
	}
	return 0, nil
}

// close ends the use of pages.
func (p *pages) close() {
	if p.zstd != nil {
		p.zstd.Close()
	}
}

// open opens a file whose footer has been looked at.
func (p *pages) open() (*parquet.File, error) {
	if err := p.checkFooter(); err != nil {
		return nil, err
	}
	return parquet.OpenFile(p.from, p.size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
}
