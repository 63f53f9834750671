package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Link names one manifest and its bytes: an element of a chain.
type Link struct {
	Key string `json:"key"`
	// SHA256 is that of the manifest as it is stored, its own digest included, in lower-case hex.
	SHA256 string `json:"sha256"`
}

// LinkOf is the link of a manifest that lies under key.
func LinkOf(key string, data []byte) Link { return Link{Key: key, SHA256: RefOf(data).SHA256} }

// IsZero reports whether the link names nothing.
func (l Link) IsZero() bool { return l == Link{} }

// After is the head of a chain whose head was before, "" where it begins, with l added: the SHA-256 of three lines,
// the head before, the key and the manifest's SHA-256. (So "printf '%s\n' BEFORE KEY SHA256 | sha256sum" says it too.)
func (l Link) After(before string) string {
	sum := sha256.Sum256([]byte(before + "\n" + l.Key + "\n" + l.SHA256 + "\n"))
	return hex.EncodeToString(sum[:])
}

// Ledger is a piece of a chain, as a manifest of kind KindLedger records it: the manifests of one execution of a
// workflow, or of a part of it, in the workflow's own order. A child workflow stands in it with its last ledger; where Previous
// is not "", the first link is the ledger before.
type Ledger struct {
	// Previous is the head before the first link, "" where the chain begins.
	Previous string `json:"previous,omitempty"`
	Links    []Link `json:"links"`
	// Head is the head after the last link.
	Head string `json:"head"`
}

// NewLedger adds links to a chain.
func NewLedger(previous string, links []Link) Ledger {
	return Ledger{Previous: previous, Links: links, Head: headAfter(previous, links)}
}

// Verify returns an error wrapping ErrCorrupt unless the head is that of the links.
func (l Ledger) Verify() error {
	if got := headAfter(l.Previous, l.Links); got != l.Head {
		return fmt.Errorf("the ledger's head is %.12s, and its %d links make %.12s: %w", l.Head, len(l.Links), got, ErrCorrupt)
	}
	return nil
}

func headAfter(head string, links []Link) string {
	for _, link := range links {
		head = link.After(head)
	}
	return head
}

// Seal is where a chain ends: its head, and the ledger that ends with it.
type Seal struct {
	Head   string `json:"head"`
	Ledger Link   `json:"ledger"`
}

// IsZero reports whether nothing is sealed.
func (s Seal) IsZero() bool { return s == Seal{} }
