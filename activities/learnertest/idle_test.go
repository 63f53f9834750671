package learnertest_test

import (
	"reflect"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
)

// TestIdleIsLikeTheRest: what does nothing takes and gives what the activities of its names do.
func TestIdleIsLikeTheRest(t *testing.T) {
	idle := reflect.TypeFor[*learnertest.Idle]()
	for i := range idle.NumMethod() {
		got := idle.Method(i)
		want, ok := reflect.TypeFor[*activities.Activities]().MethodByName(got.Name)
		if !ok || got.Type.NumIn() != want.Type.NumIn() || got.Type.NumOut() != want.Type.NumOut() || got.Type.In(2) != want.Type.In(2) || got.Type.Out(0) != want.Type.Out(0) {
			t.Errorf("%s is %v, want %v", got.Name, got.Type, want.Type)
		}
	}
}
