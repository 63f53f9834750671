package bundle

import (
	"context"

	"temper/model/artifact"
	"temper/model/audit"
)

// Copying reads a store and puts all that it reads into a bundle.
type Copying struct {
	Store audit.Reader
	To    *Writer
}

// Get implements audit.Reader.
func (c Copying) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	data, err := c.Store.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	return data, c.To.Document(ref.Key, data)
}

// Read implements audit.Reader.
func (c Copying) Read(ctx context.Context, key string) ([]byte, error) {
	data, err := c.Store.Read(ctx, key)
	if err != nil {
		return nil, err
	}
	return data, c.To.Document(key, data)
}

// List implements audit.Reader.
func (c Copying) List(ctx context.Context, prefix string) ([]string, error) {
	return c.Store.List(ctx, prefix)
}
