package jsonkind

import (
	"bytes"
	"encoding/binary"
)

// forms are what files begin with that people give where text is read.
var forms = []struct{ begins, name, advice string }{
	{"\xff\xfe\x00\x00", "UTF-32 text", "store it as UTF-8"},
	{"\x00\x00\xfe\xff", "UTF-32 text", "store it as UTF-8"},
	{"\xff\xfe", "UTF-16 text", "store it as UTF-8: iconv -f UTF-16 -t UTF-8"},
	{"\xfe\xff", "UTF-16 text", "store it as UTF-8: iconv -f UTF-16 -t UTF-8"},
	{"\x1f\x8b", "gzip-compressed", "unpack it with gunzip"},
	{"\x28\xb5\x2f\xfd", "zstd-compressed", "unpack it with unzstd"},
	{"BZh", "bzip2-compressed", "unpack it with bunzip2"},
	{"\xfd7zXZ\x00", "xz-compressed", "unpack it with unxz"},
	{"\x04\x22\x4d\x18", "lz4-compressed", "unpack it with unlz4"},
	{"PK\x03\x04", "a zip archive", "unpack it with unzip"},
	{"PAR1", "a Parquet file", "convert it, with pandas: read_parquet(…).to_json(…, orient=\"records\", lines=True)"},
	{"PARE", "an encrypted Parquet file", "decrypt and convert it"},
	{"ARROW1", "an Arrow file", "convert it, with pandas: read_feather(…).to_json(…, orient=\"records\", lines=True)"},
	{"SQLite format 3\x00", "an SQLite database", "export it"},
	{"%PDF-", "a PDF document", "give the data itself"},
	{"version https://git-lfs.github.com/spec/", "a Git LFS pointer, not the file itself", "fetch the file with git lfs pull"},
	{"<!DOCTYPE html", "an HTML page, not the file itself", "download the file itself"},
	{"<!doctype html", "an HTML page, not the file itself", "download the file itself"},
	{"<html", "an HTML page, not the file itself", "download the file itself"},
}

// Form says what a file is that is not UTF-8 text, or is another thing than the
// one that it was given for, and what its owner can do: "gzip-compressed" and
// "unpack it with gunzip". Both are empty for anything else.
func Form(data []byte) (name, advice string) {
	for _, form := range forms {
		if bytes.HasPrefix(data, []byte(form.begins)) {
			return form.name, form.advice
		}
	}
	if len(data) >= 8 && bytes.HasPrefix(data[4:], []byte("\xff\x06\x00\x00sNaPpY")) {
		return "snappy-compressed", "unpack it"
	}
	if utf16(data) {
		return "UTF-16 text", "store it as UTF-8: iconv -f UTF-16 -t UTF-8"
	}
	return "", ""
}

// utf16 recognises UTF-16 without a mark at its beginning: JSON begins with two
// ASCII characters, of each of which one byte is zero.
func utf16(data []byte) bool {
	if len(data) < 4 {
		return false
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		first, second := order.Uint16(data), order.Uint16(data[2:])
		if first > 0 && first < 0x80 && second > 0 && second < 0x80 {
			return true
		}
	}
	return false
}
