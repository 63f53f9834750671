package recipe_test

import (
	"reflect"

	"temper/model/recipe"
)

// object is a part of a JSON Schema.
type object map[string]any

// schema is the JSON Schema of a recipe. A recipe may leave out more than the fields that it does not
// require: what else has to be there depends on others, and `starter recipe check` says it.
func (r *reference) schema() object {
	defs := object{}
	root := r.define(reflect.TypeFor[recipe.Recipe](), defs)
	root["$schema"], root["title"], root["$defs"] = "https://json-schema.org/draft/2020-12/schema", "temper recipe", defs
	return root
}

// define is the schema of a struct.
func (r *reference) define(t reflect.Type, defs object) object {
	properties := object{}
	for _, m := range r.members(t) {
		of := r.of(m.of, defs)
		if m.comment != "" {
			of["description"] = m.comment
		}
		properties[m.key] = of
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

// of is the schema of a value.
func (r *reference) of(t reflect.Type, defs object) object {
	switch t {
	case reflect.TypeFor[recipe.Temperature]():
		return object{"oneOf": []any{object{"type": "number", "exclusiveMinimum": 0}, object{"const": "search"}}}
	case reflect.TypeFor[recipe.Stage]():
		return r.stage(defs)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return r.of(t.Elem(), defs)
	case reflect.Struct:
		if name := t.String(); defs[name] == nil {
			defs[name] = object{} // it may hold itself
			defs[name] = r.define(t, defs)
		}
		return object{"$ref": "#/$defs/" + t.String()}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": r.of(t.Elem(), defs)}
	case reflect.Slice:
		return object{"type": "array", "items": r.of(t.Elem(), defs)}
	case reflect.String:
		if words := r.words[t.String()]; len(words) > 0 {
			return object{"enum": words}
		}
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Uint64, reflect.Uint:
		return object{"type": "integer", "minimum": 0}
	default:
		return object{"type": "integer"}
	}
}

// stage is the schema of a stage: its settings are those of its kind.
func (r *reference) stage(defs object) object {
	if defs["recipe.Stage"] != nil {
		return object{"$ref": "#/$defs/recipe.Stage"}
	}
	var each []any
	names, settings := kinds()
	for i, kind := range names {
		of := r.define(settings[i], defs)
		properties := of["properties"].(object)
		properties["name"] = object{"type": "string", "description": "The stage's name, of its own in the recipe."}
		properties["kind"] = object{"const": kind}
		properties["approval"] = r.of(reflect.TypeFor[recipe.Approval](), defs)
		of["required"] = []string{"name", "kind"}
		each = append(each, of)
	}
	defs["recipe.Stage"] = object{"oneOf": each}
	return object{"$ref": "#/$defs/recipe.Stage"}
}
