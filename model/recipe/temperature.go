package recipe

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Temperature is a sampling temperature, or that one is to be searched for. In YAML
// and JSON it is a number or the word "search".
type Temperature struct {
	Search bool
	Value  float64
}

// MarshalJSON writes the number, or "search".
func (t Temperature) MarshalJSON() ([]byte, error) {
	if t.Search {
		return []byte(`"search"`), nil
	}
	return json.Marshal(t.Value)
}

// UnmarshalJSON reads a number or the word "search".
func (t *Temperature) UnmarshalJSON(data []byte) error {
	if string(data) == `"search"` {
		*t = Temperature{Search: true}
		return nil
	}
	value, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return fmt.Errorf("temperature is %s; valid: a number above 0, or \"search\"", data)
	}
	*t = Temperature{Value: value}
	return nil
}

// String is the number, or "search".
func (t Temperature) String() string {
	if t.Search {
		return "search"
	}
	return strconv.FormatFloat(t.Value, 'g', -1, 64)
}
