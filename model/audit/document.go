package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"temper/model/artifact"
)

// maxDocument is the size up to which a blob may be a document that names others.
const maxDocument = 4 << 20

// document is a stored JSON object of whatever form: records of all versions are read.
type document map[string]any

var errNoObject = errors.New("it does not begin with {")

// readDocument reads one JSON object, numbers as they are written.
func readDocument(data []byte) (document, error) {
	if !bytes.HasPrefix(data, []byte("{")) {
		return nil, errNoObject
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var d document
	if err := decoder.Decode(&d); err != nil {
		return nil, err
	}
	if decoder.More() { // rows
		return nil, errors.New("it is more than one JSON value")
	}
	return d, nil
}

// parts are those of what a document names that were made with it and have no other maker: a checkpoint's files,
// tokenizer and account of how it was made, a vocabulary's tokenizer, the shards of a dataset, an update's demonstrations.
func (d document) parts() map[artifact.Ref]bool {
	parts := map[artifact.Ref]bool{}
	for _, name := range []string{"weights", "optimizer", "tokenizer", "made", "demonstrations"} {
		for _, ref := range refsIn(d[name], nil) {
			parts[ref] = true
		}
	}
	if d["dataset_index"] != nil {
		for _, ref := range refsIn(d["shards"], nil) {
			parts[ref] = true
		}
	}
	return parts
}

// refs are the digests of all that a document names.
func (d document) refs() []digest {
	var all []digest
	for _, ref := range d.allRefs() {
		if d, ok := digestOf(ref.SHA256); ok {
			all = append(all, d)
		}
	}
	return all
}

// allRefs are all refs in a document, in the order of its sorted names.
func (d document) allRefs() []artifact.Ref { return refsIn(map[string]any(d), nil) }

func refsIn(value any, found []artifact.Ref) []artifact.Ref {
	switch v := value.(type) {
	case map[string]any:
		if ref, ok := asRef(v); ok {
			return append(found, ref)
		}
		for _, name := range sortedNames(v) {
			found = refsIn(v[name], found)
		}
	case []any:
		for _, member := range v {
			found = refsIn(member, found)
		}
	}
	return found
}

// asRef reads an object that is a ref of something.
func asRef(v map[string]any) (artifact.Ref, bool) {
	key, isKey := v["key"].(string)
	sum, isSum := v["sha256"].(string)
	number, isNumber := v["size"].(json.Number)
	fields := len(v)
	if _, is := v["link"]; is { // of the record that made it
		fields--
	}
	if !isKey || !isSum || !isNumber || fields != 3 || sum == "" {
		return artifact.Ref{}, false
	}
	size, err := number.Int64()
	return artifact.Ref{Key: key, SHA256: sum, Size: size}, err == nil
}

// ref is the ref that a document has under a name.
func (d document) ref(name string) (artifact.Ref, bool) {
	v, _ := d[name].(map[string]any)
	return asRef(v)
}

// object is the object that a document has under a name, nil if it has none.
func (d document) object(name string) document {
	v, _ := d[name].(map[string]any)
	return v
}

// without is a document without a field; nil stays nil.
func (d document) without(name string) document {
	if d == nil {
		return nil
	}
	rest := maps.Clone(d)
	delete(rest, name)
	return rest
}

// text is the text that a document has under a name, "" if it has none.
func (d document) text(name string) string {
	v, _ := d[name].(string)
	return v
}

// into decodes a document into a value of its type; fields that the type has not are left out.
func (d document) into(value any) error {
	data, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, value)
}

// sameJSON tells whether two values have the same JSON form.
func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// sortedNames are the names of a map, in order.
func sortedNames[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// number is the number that a document has under a name, 0 if it has none.
func (d document) number(name string) float64 {
	n, _ := d[name].(json.Number)
	value, _ := n.Float64()
	return value
}

// documentOf is the JSON form of a value.
func documentOf(value any) (document, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return readDocument(data)
}
