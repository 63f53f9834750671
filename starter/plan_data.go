package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"temper/activities"
	"temper/model/compute"
	"temper/model/library/parquetlines"
	"temper/model/library/spelling"
	"temper/model/library/unpack"
	"temper/model/plan"
	"temper/model/pretrained"
	"temper/model/recipe"
	"temper/model/tokenizer"
	"temper/starter/tokenizerdir"
)

// onlyToGive says whether a recipe lacks nothing but what who runs it names.
func onlyToGive(err error) bool {
	var faults *recipe.FaultsError
	return errors.As(err, &faults) && faults.OnlyToGive()
}

// tokenizerOf is the recipe's tokenizer, nil where it is not on this machine.
func tokenizerOf(r recipe.Recipe) tokenizer.Tokenizer {
	name := r.Tokenizer
	if name == recipe.TokenizerBase {
		name = r.Model.Base
	}
	if name == "" || strings.Contains(name, "://") {
		return nil
	}
	tok, err := tokenizerdir.Open(name)
	if err != nil {
		return nil
	}
	return tok
}

// shape is the network's: what --model says, the base model's config.json, a published model of its name, or the
// recipe's own sizes. about says where it comes from if that is not the recipe or its base's own file.
func (o planOptions) shape(r recipe.Recipe, tok tokenizer.Tokenizer) (s compute.Shape, about string, err error) {
	if o.model != "" {
		if s, ok := compute.Published(o.model); ok {
			return s, "the network is that of " + o.model + " (--model)", nil
		}
		data, err := os.ReadFile(o.model)
		if err != nil {
			return s, "", fmt.Errorf("--model: %w; valid: a config.json, or one of %s", err, strings.Join(compute.PublishedNames(), ", "))
		}
		s, err := compute.ShapeOf(data)
		if err != nil {
			return s, "", fmt.Errorf("--model: %s: %w", o.model, err)
		}
		return s, "the network is that of " + o.model + " (--model)", nil
	}
	m := r.Model
	if m.Base == "" && m.HiddenSize > 0 {
		s = compute.Shape{Layers: m.NumHiddenLayers, Hidden: m.HiddenSize, Intermediate: m.IntermediateSize, Heads: m.NumAttentionHeads,
			KeyValueHeads: m.NumKeyValueHeads, HeadSize: m.HiddenSize / max(1, m.NumAttentionHeads), Tied: m.TieWordEmbeddings}
		if tok != nil {
			s.Vocabulary = tok.VocabSize()
		}
		return s, "", nil
	}
	if data, err := os.ReadFile(filepath.Join(m.Base, pretrained.ConfigName)); m.Base != "" && err == nil {
		s, err := compute.ShapeOf(data)
		if err != nil {
			return s, "", fmt.Errorf("model.base: %s: %w", m.Base, err)
		}
		return s, "", nil
	}
	if s, ok := compute.Published(m.Base); ok {
		return s, fmt.Sprintf("the network is the published one of that name: model.base %s is not on this machine", m.Base), nil
	}
	return s, "the network is not known, so that operations, bytes of checkpoints and time of computing are not in the plan: --model names a config.json, or one of " +
		strings.Join(compute.PublishedNames(), ", "), nil
}

// givenRows takes over what --rows says.
func (o planOptions) givenRows(r recipe.Recipe, data map[string]plan.Data) error {
	for _, given := range o.rows {
		name, number, _ := strings.Cut(given, "=")
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || !(n >= 1 && n < 1e15) {
			return fmt.Errorf("--rows is %q; valid: NAME=N, N a number of rows from 1 on", given)
		}
		if _, ok := r.Data[name]; !ok {
			names := datasetNames(r)
			return fmt.Errorf("--rows: the recipe has no dataset %q; %svalid: %s", name, spelling.DidYouMean(name, names), strings.Join(names, ", "))
		}
		d := data[name]
		d.Problems, d.Examples, d.From = n, n, "--rows"
		data[name] = d
	}
	return nil
}

// measuredData looks at the datasets that are here: what generators draw, and files on this machine. notes say
// what could not be read.
func measuredData(r recipe.Recipe, tok tokenizer.Tokenizer) (data map[string]plan.Data, notes []string) {
	data = map[string]plan.Data{}
	if tok == nil {
		return data, []string{"the tokenizer is not on this machine, so that data was not looked at"}
	}
	for _, name := range datasetNames(r) {
		d := r.Dataset(name)
		_, drawn := d.Drawn()
		if !drawn && (d.URI == "" || strings.Contains(d.URI, "://")) {
			continue
		}
		in := activities.PrepareDataInput{Name: name, Dataset: d, Seed: r.Seed, Prompt: r.PromptOf(name), Domain: r.DomainOf(name)}
		text, share, err := dataText(d, drawn)
		var m activities.Measured
		if err == nil {
			m, err = activities.Measure(in, tok, text)
		}
		if err != nil {
			notes = append(notes, fmt.Sprintf("data.%s could not be looked at: %v", name, err))
			continue
		}
		from := "file"
		if share > 1 {
			from = "file, by its size"
		}
		data[name] = plan.Data{Problems: share * float64(m.Problems), Examples: share * float64(m.Examples), PromptTokens: m.PromptTokens, ExampleTokens: m.ExampleTokens, From: from}
	}
	return data, notes
}

// readWhole is how much of a dataset's files is read; of larger ones the beginning is, and the rest is taken to be alike.
const (
	readWhole  = 64 << 20
	unpackMost = 256 << 20
)

// dataText is the text of a dataset's files, or of their beginning, and how many times as much there is.
func dataText(d recipe.Dataset, drawn bool) (text []byte, times float64, err error) {
	if drawn {
		return nil, 1, nil
	}
	files := []string{d.URI}
	if folder, matches, several := d.Several(); several {
		if files, err = matching(folder, matches); err != nil {
			return nil, 0, err
		}
	}
	all, read := int64(0), int64(0)
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			return nil, 0, err
		}
		all += info.Size()
	}
	for _, path := range files {
		if read >= readWhole {
			break
		}
		part, n, err := fileText(path, readWhole-read)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", path, err)
		}
		text, read = append(text, part...), read+n
	}
	if read == 0 {
		return nil, 0, errors.New("the file is empty")
	}
	return text, float64(all) / float64(read), nil
}

func matching(folder string, matches func(string) bool) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && matches(e.Name()) {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	slices.Sort(files)
	return files, nil
}

// fileText is whole rows of at most limit bytes of a file, and of how many of its bytes they are.
func fileText(path string, limit int64) (text []byte, read int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	head, err := io.ReadAll(io.LimitReader(file, limit))
	if err != nil {
		return nil, 0, err
	}
	if parquetlines.Is(head) {
		rows, err := parquetlines.Rows(file, info.Size())
		if err != nil {
			return nil, 0, err
		}
		text, more, err := parquetlines.Lines(file, info.Size(), limit)
		if lines := bytes.Count(text, []byte("\n")); err == nil && more && lines > 0 {
			return text, max(1, info.Size()*int64(lines)/max(1, rows)), nil
		}
		return text, info.Size(), err
	}
	cut := int64(len(head)) < info.Size()
	text, more, err := unpack.Head(head, unpackMost, cut)
	if err == nil && more {
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	return text, int64(len(head)), err
}
