package workflows

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"temper/model/order"
	"temper/model/recipe"
)

// fill gives every field that v is made of a value of its own that is not zero.
func fill(v reflect.Value, next *int) {
	*next++
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(int64(*next))
	case reflect.Uint64:
		v.SetUint(uint64(*next) << 50)
	case reflect.Float64:
		v.SetFloat(float64(*next) + 0.1)
	case reflect.String:
		v.SetString("text " + string(rune('a'+*next%26)))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), next)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), next)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, next)
		fill(value, next)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[recipe.Temperature]() {
			v.Set(reflect.ValueOf(recipe.Temperature{Value: 0.85})) // a number or a search, never both
			return
		}
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 1, *next%28, 0, 0, 0, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), next)
		}
		if s, ok := v.Addr().Interface().(*recipe.Stage); ok { // the settings of one kind
			*s = recipe.Stage{Name: s.Name, Kind: recipe.KindRL, Approval: s.Approval, RL: s.RL}
		}
	default:
		panic("a state has a " + v.Kind().String())
	}
}

// TestNothingIsDropped: all that travels between executions survives its JSON form, whatever its values.
func TestNothingIsDropped(t *testing.T) {
	for _, value := range []any{
		&State{}, &RLStageInput{}, &SFTInput{}, &CollectInput{}, &CurateInput{}, &TeachInput{}, &EvaluationInput{}, &TemperatureSearchInput{}, &PrepareDataInput{},
		&StageResult{}, &EvaluationResult{}, &TemperatureSearchResult{}, &PrepareDataResult{}, &Result{}, &Progress{}, &order.Control{}, &order.Order{}, &Accepted{},
	} {
		next := 0
		fill(reflect.ValueOf(value).Elem(), &next)
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		again := reflect.New(reflect.TypeOf(value).Elem())
		if err := json.Unmarshal(data, again.Interface()); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again.Interface(), value) {
			t.Errorf("%T becomes\n%+v, was\n%+v", value, again.Interface(), value)
		}
	}
}

// TestStateGoesOnWhereItStands: a run that continues from a state does not redo what the state has.
func TestStateGoesOnWhereItStands(t *testing.T) {
	reference := newPlace(t, nil)
	want := reference.mustRun(smoke(t))
	first := newPlace(t, nil)
	first.env.SetCurrentHistoryLength(maxHistoryEvents + 1)
	_, err := first.run(smoke(t))
	var input json.RawMessage
	var state *State
	if !decodeInput(t, err, &input, &state) {
		t.Fatal(err)
	}
	state.State, state.Reason = StatePaused, "over night"
	p := newPlace(t, first.store)
	var begun Progress
	p.after("TrainSFT", 1, func() { t.Error("work is done while the run is paused") })
	p.env.RegisterDelayedCallback(func() {
		begun = p.progress()
		delete(p.triggers, trigger{"TrainSFT", 1})
		p.control(UpdateResume, "")
	}, time.Hour)
	got, err := p.runJSON(input, state)
	if err != nil {
		t.Fatal(err)
	}
	if begun.State != StatePaused || begun.Reason != "over night" || !begun.Stages[0].Done || len(begun.Scores) != 2 {
		t.Errorf("it begins with %+v", begun)
	}
	if p.completed["PrepareData"] != 0 || p.completed["InitModel"] != 0 || p.completed["TrainSFT"] != 4 || p.completed["SummarizeEvaluation"] != 6 {
		t.Errorf("it did %v", p.completed)
	}
	if got.Checkpoint != want.Checkpoint || !reflect.DeepEqual(got.Scores, want.Scores) {
		t.Errorf("it ends with %s and %+v", got.Checkpoint.Short(), got.Scores)
	}
}
