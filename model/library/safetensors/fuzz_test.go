package safetensors

import (
	"bytes"
	"reflect"
	"runtime"
	"testing"
)

// FuzzOpen checks that no input makes Open or Decode panic or take memory out of
// proportion, and that what Decode accepts survives encoding.
func FuzzOpen(f *testing.F) {
	f.Add(Encode([]Tensor{{"a", []int{2}, []float32{1, 2}}}, map[string]string{"k": "v"}))
	f.Add(container(`{"x":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}`, []byte{1, 2}))
	f.Add(container(`{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, make([]byte, 8)))
	f.Add(container(`{"x":{"dtype":"F32","shape":[4294967296,0],"data_offsets":[0,0]}}`, nil))
	f.Add([]byte{0, 0, 0, 0, 1, 0, 0, 0, '{', '}'})
	for _, c := range refusals {
		f.Add(c.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, openErr := open(data)
		tensors, metadata, err := Decode(data)
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20+uint64(len(data))*200 {
			t.Errorf("%d bytes of input take %d of memory", len(data), taken)
		}
		if openErr != nil && err == nil {
			t.Errorf("decoded, though it does not open: %v", openErr)
		}
		if err != nil {
			return
		}
		encoded := Encode(tensors, metadata)
		again, gotMetadata, err := Decode(encoded)
		if err != nil || len(again) != len(tensors) || len(metadata) > 0 && !reflect.DeepEqual(gotMetadata, metadata) {
			t.Errorf("%d tensors became %d: %v", len(tensors), len(again), err)
		}
		if !bytes.Equal(Encode(again, gotMetadata), encoded) {
			t.Error("the second encoding differs from the first")
		}
	})
}

// FuzzIndex checks that no index makes OpenSharded panic or open what is not beside it.
func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"weight_map":{"c":"2","b":"2","a":"1"}, "metadata":{"total_size":1}}`))
	f.Add([]byte(`{"weight_map":{"a":"../1"}}`))
	f.Fuzz(func(t *testing.T, index []byte) {
		place, err := ParseIndex(index)
		if err != nil {
			return
		}
		for _, file := range place {
			if bytes.ContainsAny([]byte(file), "/\\\x00") || file == ".." || file == "." {
				t.Errorf("file %q was let through", file)
			}
		}
	})
}
