package recipe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// checkTree compares a decoded JSON tree with the types of Recipe and finds all
// unknown keys and all values of the wrong type at once (encoding/json stops at
// the first).
func checkTree(tree any) (unknown, mistyped []Fault) {
	c := treeChecker{}
	c.check(tree, reflect.TypeFor[Recipe](), "")
	return c.unknown, c.mistyped
}

type treeChecker struct{ unknown, mistyped []Fault }

func (c *treeChecker) check(value any, t reflect.Type, path string) {
	if t == reflect.TypeFor[Temperature]() {
		if _, err := parseTemperature(value); err != nil {
			c.wrong(path, value, temperatureValid)
		}
		return
	}
	if t == reflect.TypeFor[Stage]() {
		c.checkStage(value, path)
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		if value != nil {
			c.check(value, t.Elem(), path)
		}
	case reflect.Struct:
		c.checkStruct(value, t, path)
	case reflect.Map:
		object, ok := value.(map[string]any)
		if !ok && value != nil {
			c.wrong(path, value, "names with values")
		}
		for _, key := range sortedKeys(object) {
			c.check(object[key], t.Elem(), join(path, key))
		}
	case reflect.Slice:
		list, ok := value.([]any)
		if !ok && value != nil {
			c.wrong(path, value, "a list")
		}
		for i, item := range list {
			c.check(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	default:
		if valid := scalarFault(value, t.Kind()); valid != "" {
			c.wrong(path, value, valid)
		}
	}
}

func (c *treeChecker) checkStruct(value any, t reflect.Type, path string) {
	object, ok := c.object(value, path, keysOf(t))
	if !ok {
		return
	}
	keys := sortedKeys(object)
	if isOld := func(key string) bool { return key == "sft" || key == "rl" }; t == reflect.TypeFor[Recipe]() && slices.ContainsFunc(keys, isOld) {
		c.mistyped, keys = append(c.mistyped, oldLists), slices.DeleteFunc(keys, isOld)
	}
	for _, key := range keys {
		field, ok := fieldOf(t, key)
		if !ok {
			c.unknown = append(c.unknown, unknown(path, key, keysOf(t)))
			continue
		}
		c.check(object[key], field.Type, join(path, key))
	}
}

// checkStage checks a stage by its kind. Of a stage whose kind does not exist
// nothing else can be said: Validate names the kind.
func (c *treeChecker) checkStage(value any, path string) {
	object, ok := c.object(value, path, append(stageKeys(""), "and those of the kind"))
	if !ok {
		return
	}
	head := reflect.TypeFor[stageHead]()
	for _, key := range stageKeys("") {
		if field, _ := fieldOf(head, key); object[key] != nil {
			c.check(object[key], field.Type, join(path, key))
		}
	}
	kind, _ := object["kind"].(string)
	settings := settingsType(Kind(kind))
	if settings == nil {
		return
	}
	for _, key := range sortedKeys(object) {
		if _, ok := fieldOf(head, key); ok {
			continue
		}
		field, ok := fieldOf(settings, key)
		if !ok {
			c.unknown = append(c.unknown, unknownInStage(path, key, Kind(kind)))
			continue
		}
		c.check(object[key], field.Type, join(path, key))
	}
}

// object is a value that should be one; it has a fault if it is none.
func (c *treeChecker) object(value any, path string, keys []string) (map[string]any, bool) {
	object, ok := value.(map[string]any)
	if !ok {
		if path == "" {
			path = "the recipe"
		}
		c.wrong(path, value, "keys with values: "+strings.Join(keys, ", "))
	}
	return object, ok
}

func (c *treeChecker) wrong(path string, value any, valid string) {
	shown, err := json.Marshal(value)
	if err != nil || len(shown) > 60 {
		shown = []byte(kindOf(value))
	}
	c.mistyped = append(c.mistyped, Fault{Field: path, Problem: fmt.Sprintf("is %s; valid: %s", shown, valid)})
}

// scalarFault returns what is valid, or "" when value fits the kind.
func scalarFault(value any, kind reflect.Kind) string {
	number, isNumber := value.(json.Number)
	switch kind {
	case reflect.String:
		if _, ok := value.(string); !ok {
			return "text"
		}
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return "true, false"
		}
	case reflect.Uint64:
		if _, err := strconv.ParseUint(number.String(), 10, 64); !isNumber || err != nil {
			return fmt.Sprintf("a whole number from 0 to %d", uint64(maxSeed))
		}
	case reflect.Int:
		if _, err := strconv.ParseInt(number.String(), 10, 64); !isNumber || err != nil {
			return "a whole number"
		}
	case reflect.Float64:
		if _, err := strconv.ParseFloat(number.String(), 64); !isNumber || err != nil {
			return "a number"
		}
	}
	return ""
}

func kindOf(value any) string {
	switch value.(type) {
	case map[string]any:
		return "a group of keys"
	case []any:
		return "a list"
	}
	return "something else"
}

// fieldOf finds the struct field with a JSON key.
func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if f := t.Field(i); keyOf(f) == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// keysOf lists a struct's JSON keys in order.
func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = keyOf(t.Field(i))
	}
	return keys
}

func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return key
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

const temperatureValid = `a number above 0, or "search"`

// parseTemperature reads what Temperature's JSON form may be.
func parseTemperature(value any) (Temperature, error) {
	var t Temperature
	data, err := json.Marshal(value)
	if err != nil {
		return t, err
	}
	return t, t.UnmarshalJSON(data)
}
