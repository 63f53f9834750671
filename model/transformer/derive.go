package transformer

import (
	"encoding/json"
	"fmt"

	"temper/model/library/jsonkind"
)

// Changes are the fields of a base model's config.json that a run gives.
type Changes struct {
	MaxPositionEmbeddings int
	RopeTheta             float64 // 0 keeps the base model's
}

// Derive is a config.json with changes in it, and what it asks for. The other
// keys stay, so that an export says all that the base model said. Each number
// stands wherever the file has it, and the network that readers of either form
// (transformers 4 and 5) make of it is the one that is returned.
func Derive(configJSON []byte, changes Changes) (json.RawMessage, Config, error) {
	var fields map[string]json.RawMessage
	if err := jsonkind.Decode(configJSON, &fields); err != nil {
		return nil, Config{}, fmt.Errorf("config.json: %w", err)
	}
	base, err := ParseConfig(configJSON)
	if err != nil {
		return nil, Config{}, err
	}
	fields["max_position_embeddings"] = json.RawMessage(fmt.Sprint(changes.MaxPositionEmbeddings))
	if changes.RopeTheta != 0 {
		if err := setTheta(fields, changes.RopeTheta); err != nil {
			return nil, Config{}, err
		}
	}
	if err := keepScaling(fields, base); err != nil {
		return nil, Config{}, err
	}
	if base.Architectures != nil { // where the file names another class, the language model's: that is what is trained
		if fields["architectures"], err = json.Marshal(base.Architectures); err != nil {
			return nil, Config{}, err
		}
	}
	derived, err := json.Marshal(fields) // keys in order: the same changes always give the same bytes
	if err != nil {
		return nil, Config{}, err
	}
	c, err := ParseConfig(derived)
	if err != nil {
		return nil, Config{}, err
	}
	if c.MaxPositionEmbeddings != changes.MaxPositionEmbeddings || changes.RopeTheta != 0 && c.RopeTheta != changes.RopeTheta {
		return nil, Config{}, fmt.Errorf("config.json: it keeps max_position_embeddings %d and rope_theta %v", c.MaxPositionEmbeddings, c.RopeTheta)
	}
	return derived, c, nil
}

// setTheta sets rope_theta where the file has it, and where the file's form has
// it: in rope_parameters if these are what counts, else at the top.
func setTheta(fields map[string]json.RawMessage, theta float64) error {
	value, err := json.Marshal(theta)
	if err != nil {
		return err
	}
	inside := false
	key, _ := configFile{RopeScaling: fields[ropeScalingKey], RopeParameters: fields[ropeParametersKey]}.ropeSettings()
	for _, at := range []string{ropeScalingKey, ropeParametersKey} {
		if !given(fields[at]) {
			continue
		}
		var settings map[string]json.RawMessage
		if err := jsonkind.Decode(fields[at], &settings); err != nil {
			return fmt.Errorf("config.json: %s: %w", at, err)
		}
		if _, ok := settings[ropeThetaKey]; !ok && !(at == key && at == ropeParametersKey) {
			continue
		}
		settings[ropeThetaKey] = value
		if fields[at], err = json.Marshal(settings); err != nil {
			return err
		}
		inside = inside || at == key
	}
	if _, ok := fields[ropeThetaKey]; ok || !inside {
		fields[ropeThetaKey] = value
	}
	return nil
}

// keepScaling writes down what the base model's scaling takes from its
// max_position_embeddings, which is about to change.
func keepScaling(fields map[string]json.RawMessage, base Config) error {
	if base.RopeScaling == nil || base.RopeScaling.OriginalMaxPositionEmbeddings == 0 {
		return nil
	}
	key, raw := configFile{RopeScaling: fields[ropeScalingKey], RopeParameters: fields[ropeParametersKey]}.ropeSettings()
	var settings map[string]json.RawMessage
	if err := jsonkind.Decode(raw, &settings); err != nil {
		return fmt.Errorf("config.json: %s: %w", key, err)
	}
	const original, factor = "original_max_position_embeddings", "factor"
	if given(settings[factor]) && (given(settings[original]) || given(fields[original])) {
		return nil
	}
	var err error
	if settings[original], err = json.Marshal(base.RopeScaling.OriginalMaxPositionEmbeddings); err != nil {
		return err
	}
	if settings[factor], err = json.Marshal(base.RopeScaling.Factor); err != nil {
		return err
	}
	fields[key], err = json.Marshal(settings)
	return err
}
