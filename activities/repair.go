package activities

import (
	"bytes"
	"context"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// maxDocument is the size up to which an output may be a document that names
// other blobs, as a checkpoint names the files of its weights and a large dataset its shards.
const maxDocument = 4 << 20

// isLost reports whether something that a record's outputs name is damaged or
// gone. Only what has once been found so is looked at: to read everything again
// would cost as much as the run did.
func (a *Activities) isLost(ctx context.Context, m artifact.Manifest) (bool, error) {
	noted, err := objectstore.Damaged(ctx, a.Store)
	if err != nil || len(noted) == 0 {
		return false, err
	}
	named, lost, err := a.namedBy(ctx, m, noted)
	for i := 0; i < len(named) && err == nil && !lost; i++ {
		lost, err = a.isDamaged(ctx, named[i])
	}
	return lost, err
}

// namedBy are those of refs that a record's outputs are or name. lost says that
// an output that may name some cannot be read itself.
func (a *Activities) namedBy(ctx context.Context, m artifact.Manifest, refs []artifact.Ref) (named []artifact.Ref, lost bool, err error) {
	for _, output := range m.Outputs {
		var document []byte
		if output.Size <= maxDocument {
			document, err = a.Store.Get(objectstore.Fresh(ctx), output)
			if objectstore.IsDamage(err) {
				return nil, true, nil
			}
			if err != nil {
				return nil, false, err
			}
		}
		for _, ref := range refs {
			if ref == output || bytes.Contains(document, []byte(ref.SHA256)) {
				named = append(named, ref)
			}
		}
	}
	return named, false, nil
}

// isDamaged looks at a blob.
func (a *Activities) isDamaged(ctx context.Context, ref artifact.Ref) (bool, error) {
	_, err := a.Store.Get(objectstore.Fresh(ctx), ref)
	if objectstore.IsDamage(err) {
		return true, nil
	}
	return false, err
}
