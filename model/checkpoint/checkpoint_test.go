package checkpoint

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"temper/model/artifact"
)

func whole() Checkpoint {
	return Checkpoint{
		Config: json.RawMessage(`{"model_type":"qwen2"}`), Tokenizer: artifact.RefOf([]byte("t")),
		Weights: []artifact.Ref{artifact.RefOf([]byte("w"))}, Optimizer: []artifact.Ref{artifact.RefOf([]byte("o"))},
		Parent: artifact.Policy{Checkpoint: artifact.RefOf([]byte("p"))}, Made: artifact.RefOf([]byte("m")),
	}
}

// A checkpoint comes back as it was, with the version of its form, and equal ones
// have equal bytes.
func TestRoundTrip(t *testing.T) {
	data, err := whole().Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := whole().Encode()
	if err != nil || string(again) != string(data) {
		t.Errorf("two encodings differ: %v", err)
	}
	got, err := Decode(data)
	want := whole()
	want.Schema = Schema
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v (%v)", got, want, err)
	}
}

// What names no weights, moments or architecture is refused, and so is a later form.
func TestDecodeRefuses(t *testing.T) {
	for name, change := range map[string]func(*Checkpoint){
		"no weights": func(c *Checkpoint) { c.Weights = nil },
		"no moments": func(c *Checkpoint) { c.Optimizer = nil },
		"no config":  func(c *Checkpoint) { c.Config = nil },
	} {
		c := whole()
		change(&c)
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if name == "no config" {
			data = []byte(strings.Replace(string(data), `"config":null,`, "", 1))
		}
		if _, err := Decode(data); err == nil || !strings.Contains(err.Error(), "must all be named") {
			t.Errorf("%s: %v", name, err)
		}
	}
	later := whole()
	later.Schema = Schema + 1
	data, err := json.Marshal(later)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(data); err == nil || !strings.Contains(err.Error(), "reads up to 1") {
		t.Errorf("a later form: %v", err)
	}
	if c, err := Decode([]byte(strings.Replace(string(data), `"schema":2,`, "", 1))); err != nil || c.Schema != 0 {
		t.Errorf("the form without a version: %v", err)
	}
	if _, err := Decode(data[:len(data)-2]); err == nil {
		t.Error("half a document is a checkpoint")
	}
}

// config.json says whether there is a value head, and nothing else of it changes.
func TestSetValueHead(t *testing.T) {
	plain := json.RawMessage(`{"b": 1, "a": [2]}`)
	same, err := SetValueHead(plain, false)
	if err != nil || string(same) != string(plain) {
		t.Errorf("without a head it is %s (%v)", same, err)
	}
	with, err := SetValueHead(plain, true)
	if err != nil || string(with) != `{"a":[2],"b":1,"temper_value_head":true}` {
		t.Errorf("with one it is %s (%v)", with, err)
	}
	if again, err := SetValueHead(with, true); err != nil || string(again) != string(with) {
		t.Errorf("twice it is %s (%v)", again, err)
	}
	if without, err := SetValueHead(with, false); err != nil || string(without) != `{"a":[2],"b":1}` {
		t.Errorf("taken away it is %s (%v)", without, err)
	}
	if _, err := SetValueHead(json.RawMessage(`[]`), true); err == nil {
		t.Error("a list is a config")
	}
	if !IsValueHead("value_head.bias") || IsValueHead("model.value_head.bias") {
		t.Error("a tensor of a value head is not told by its name")
	}
}
