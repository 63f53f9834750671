package recipe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Kind is what a stage does.
type Kind string

// The kinds of stages. A new kind is a word here and a field of Stage of that name.
const (
	KindSFT      Kind = "sft"
	KindRL       Kind = "rl"
	KindEvaluate Kind = "evaluate"
	KindCollect  Kind = "collect"
	KindCurate   Kind = "curate"
	KindTeach    Kind = "teach"
)

// Stage is one of the things that a run does one after the other. Each begins
// with the policy that the stage before it left (a supervised one may begin with an
// earlier one: SFT.From), and with that policy's optimizer moments if its own
// optimizer carries them; the first begins with the initial policy, whose moments
// are zero.
//
// In YAML and JSON the settings of the kind stand beside name and kind, and a key
// that the kind does not have is refused.
type Stage struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Approval makes the run wait for a person's approval "before" the stage begins, or "after" it and its evaluation;
	// absent, it does not wait.
	Approval Approval `json:"approval,omitempty"`
	// SFT, RL, Evaluate, Collect, Curate and Teach are the settings of the kind of that name; the others are nil.
	SFT      *SFT      `json:"sft"`
	RL       *RL       `json:"rl"`
	Evaluate *Evaluate `json:"evaluate"`
	Collect  *Collect  `json:"collect"`
	Curate   *Curate   `json:"curate"`
	Teach    *Teach    `json:"teach"`
}

// Approval is when a run waits for a person to approve it; "" is never.
type Approval string

// When a run waits.
const (
	ApprovalBefore Approval = "before"
	ApprovalAfter  Approval = "after"
)

func (Approval) words() []string { return texts(ApprovalBefore, ApprovalAfter) }

// Evaluate are the settings of a stage that leaves the policy as it is: what is
// done after every stage, the evaluation, is all that it does.
type Evaluate struct{}

func (Kind) words() []string {
	var kinds []string
	for _, f := range settingsFields() {
		kinds = append(kinds, keyOf(f))
	}
	return kinds
}

// Data is the name of the dataset that the stage trains on, samples, curates or has a teacher answer; "" if there is none.
func (s Stage) Data() string {
	switch {
	case s.SFT != nil:
		return s.SFT.Data
	case s.RL != nil:
		return s.RL.Data
	case s.Collect != nil:
		return s.Collect.Data
	case s.Curate != nil:
		return s.Curate.Data
	case s.Teach != nil:
		return s.Teach.Data
	}
	return ""
}

// Into is the name of the dataset that the stage makes, "" if it makes none.
func (s Stage) Into() string {
	switch {
	case s.Collect != nil:
		return s.Collect.Into
	case s.Curate != nil:
		return s.Curate.Into
	case s.Teach != nil:
		return s.Teach.Into
	}
	return ""
}

// settingsFields are the fields of Stage that hold settings.
func settingsFields() []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(reflect.TypeFor[Stage]()), func(f reflect.StructField) bool { return f.Type.Kind() != reflect.Pointer })
}

// settingsField is the field of Stage that holds a kind's settings; false if there is no such kind.
func settingsField(kind Kind) (reflect.StructField, bool) {
	f, ok := fieldOf(reflect.TypeFor[Stage](), string(kind))
	return f, ok && f.Type.Kind() == reflect.Pointer
}

// settingsType is the type of a kind's settings; nil if there is no such kind.
func settingsType(kind Kind) reflect.Type {
	if f, ok := settingsField(kind); ok {
		return f.Type.Elem()
	}
	return nil
}

// settings is the field that holds the settings of the stage's kind; the zero Value if there is no such kind.
func (s *Stage) settings() reflect.Value {
	if f, ok := settingsField(s.Kind); ok {
		return reflect.ValueOf(s).Elem().FieldByIndex(f.Index)
	}
	return reflect.Value{}
}

// stageHead is what every stage has.
type stageHead struct {
	Name     string   `json:"name"`
	Kind     Kind     `json:"kind"`
	Approval Approval `json:"approval,omitempty"`
}

// MarshalJSON writes name, kind and the settings of the kind as one object.
func (s Stage) MarshalJSON() ([]byte, error) {
	head, err := json.Marshal(stageHead{s.Name, s.Kind, s.Approval})
	if err != nil {
		return nil, err
	}
	settings := s.settings()
	if !settings.IsValid() || settings.IsNil() {
		return head, nil
	}
	body, err := json.Marshal(settings.Interface())
	if err != nil || string(body) == "{}" {
		return head, err
	}
	return append(append(head[:len(head)-1], ','), body[1:]...), nil
}

// UnmarshalJSON reads what MarshalJSON writes. It leaves out what the kind does
// not have: Parse refuses that.
func (s *Stage) UnmarshalJSON(data []byte) error {
	var head stageHead
	if err := json.Unmarshal(data, &head); err != nil {
		return err
	}
	*s = Stage{Name: head.Name, Kind: head.Kind, Approval: head.Approval}
	settings := s.settings()
	if !settings.IsValid() {
		return nil
	}
	settings.Set(reflect.New(settings.Type().Elem()))
	return json.Unmarshal(data, settings.Interface())
}

// become makes the stage one of another kind, with those of its settings that the other kind has too.
func (s *Stage) become(kind Kind) error {
	data, err := json.Marshal(*s)
	if err != nil {
		return err
	}
	var tree map[string]json.RawMessage
	if err := json.Unmarshal(data, &tree); err != nil {
		return err
	}
	if tree["kind"], err = json.Marshal(kind); err != nil {
		return err
	}
	if data, err = json.Marshal(tree); err != nil {
		return err
	}
	return json.Unmarshal(data, s)
}

// stageKeys lists the keys of a stage of a kind; those of every stage if there is no such kind.
func stageKeys(kind Kind) []string {
	keys := keysOf(reflect.TypeFor[stageHead]())
	if t := settingsType(kind); t != nil {
		keys = append(keys, keysOf(t)...)
	}
	return keys
}

// unknownInStage is the fault of a key that the stage's kind does not have.
func unknownInStage(path, key string, kind Kind) Fault {
	var having []string
	for _, f := range settingsFields() {
		if _, ok := fieldOf(f.Type.Elem(), key); ok {
			having = append(having, keyOf(f))
		}
	}
	valid := stageKeys(kind)
	if len(having) == 0 {
		return unknown(path, key, valid)
	}
	return Fault{Field: join(path, key), Problem: fmt.Sprintf("is a field of kind %s, but the kind is %s; valid: %s",
		strings.Join(having, " and "), kind, strings.Join(valid, ", "))}
}

// oldLists is the fault of a recipe that has the lists sft and rl, which stages took the place of.
var oldLists = Fault{Field: "sft and rl", Problem: "are now one list, stages, in the order of the run, whose members have a kind; " +
	"valid: stages: [{name: NAME, kind: sft, …}, {name: NAME, kind: rl, …}], the other fields as they were"}
