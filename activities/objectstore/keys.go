package objectstore

import (
	"fmt"
	"strings"

	"temper/model/artifact"
)

// ProbePrefix begins the keys under which a store tries out, at start, what it
// relies on. They are not for documents.
const ProbePrefix = "probe/"

const (
	maxKeyBytes  = 900 // S3 allows 1024; the rest is for stores that add a prefix of their own
	maxPartBytes = 200 // a part becomes a file name on some stores, and those end at 255
)

// CheckKey says whether key may name a document. A key is one or more parts
// joined by "/", such as "runs/first/manifest.json". A part is 1 to 200 of the
// characters A-Z a-z 0-9 . _ - and does not begin with a dot. At most 900 bytes
// in all; "blobs/" and "probe/" are the store's own. These rules are narrower
// than those of S3, so that a bucket can be copied into folders and back
// without loss.
//
// For the same reason there cannot be documents "x" and "x/y" both: Memory
// and the devstack's store refuse the second. Other stores might take it.
func CheckKey(key string) error {
	if err := CheckAnyKey(key); err != nil {
		return err
	}
	for _, own := range []string{blobRoot, ProbePrefix} {
		if strings.HasPrefix(key+"/", own) {
			return fmt.Errorf("%w %q: %q is kept for the store itself", ErrBadKey, key, own)
		}
	}
	return nil
}

// blobRoot is the first part of artifact.BlobPrefix.
var blobRoot = artifact.BlobPrefix[:strings.Index(artifact.BlobPrefix, "/")+1]

// CheckAnyKey is CheckKey without the prefixes that are the store's own: it says
// whether key may name anything in a store, a blob included. The error wraps
// ErrBadKey.
func CheckAnyKey(key string) error {
	if len(key) > maxKeyBytes {
		return fmt.Errorf("%w %.40q...: %d bytes, at most %d", ErrBadKey, key, len(key), maxKeyBytes)
	}
	for part := range strings.SplitSeq(key, "/") {
		switch {
		case part == "":
			return fmt.Errorf("%w %q: it is empty or has an empty part", ErrBadKey, key)
		case part[0] == '.':
			return fmt.Errorf("%w %q: part %q begins with a dot", ErrBadKey, key, part)
		case len(part) > maxPartBytes:
			return fmt.Errorf("%w %.40q...: a part has %d bytes, at most %d", ErrBadKey, key, len(part), maxPartBytes)
		}
	}
	return checkCharacters(key)
}

// CheckPrefix says whether prefix can begin a key. The error wraps ErrBadKey.
func CheckPrefix(prefix string) error {
	if strings.HasPrefix(prefix, "/") || strings.Contains(prefix, "//") {
		return fmt.Errorf("%w: prefix %q has an empty part", ErrBadKey, prefix)
	}
	return checkCharacters(prefix)
}

func checkCharacters(s string) error {
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		case strings.ContainsRune("._-/", r):
		default:
			return fmt.Errorf("%w %q: %q is not one of A-Z a-z 0-9 . _ - /", ErrBadKey, s, r)
		}
	}
	return nil
}

// CheckRef says whether ref can name a blob at all. The error wraps ErrBadKey or
// ErrTooLarge.
func CheckRef(ref artifact.Ref) error {
	if ref.IsZero() {
		return fmt.Errorf("%w: the ref is empty", ErrBadKey)
	}
	if ref.Size < 0 || ref.Size > MaxObjectBytes {
		return fmt.Errorf("ref %s says %d bytes: %w", ref.Key, ref.Size, ErrTooLarge)
	}
	return CheckAnyKey(ref.Key)
}
