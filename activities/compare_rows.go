package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"temper/model/artifact"
	"temper/model/curation"
	"temper/model/recipe"
)

// The outputs of SketchShard and CompareRows.
const (
	outputSketches = "sketches"
	outputCompared = "compared"
)

// SketchShardInput asks for the sketches of some rows.
type SketchShardInput struct {
	Run    artifact.RunID `json:"run"`
	Stage  string         `json:"stage"`
	Into   string         `json:"into"`
	Number int            `json:"number"`
	Rule   recipe.Rule    `json:"rule"`
	// Part counts the rule's sketches from 0.
	Part       int          `json:"part"`
	Seed       uint64       `json:"seed"`
	Vocabulary artifact.Ref `json:"vocabulary"`
	// Dataset is the one that is curated, or another that the rule reads.
	Dataset Dataset    `json:"dataset"`
	Range   ShardRange `json:"range"`
}

// SketchShard sketches rows for a rule that compares them.
func (a *Activities) SketchShard(ctx context.Context, in SketchShardInput) (RecordedRef, error) {
	of := CurateDataInput{Run: in.Run, Stage: in.Stage, Into: in.Into, Number: in.Number, Rule: in.Rule, Seed: in.Seed, Vocabulary: in.Vocabulary}
	m, err := a.once(ctx, of.task(in.Part, in), func(ctx context.Context, m *artifact.Manifest) error {
		m.Inputs, m.Outputs = map[string]artifact.Ref{}, map[string]artifact.Ref{}
		addDataset(m.Inputs, "", in.Dataset)
		comparison := curation.NewComparison(in.Rule, in.Seed)
		if comparison == nil {
			return fmt.Errorf("rule %s compares no rows", in.Rule.Name())
		}
		part, err := a.rangeRows(ctx, of, in.Dataset, in.Range)
		if err != nil {
			return err
		}
		var sketches []byte
		for _, row := range append(part.ofProblems, part.ofExamples...) {
			sketches = comparison.Sketch(row).Append(sketches)
		}
		m.Outputs[outputSketches], err = a.Store.Put(ctx, sketches)
		return err
	})
	if err != nil {
		return RecordedRef{}, classify(ctx, fmt.Sprintf("%s: sketches for %s of %s, part %d", in.Stage, in.Rule.Name(), in.Into, in.Part+1), err)
	}
	return recordedRef(m, outputSketches), nil
}

// CompareRowsInput asks a rule that compares rows which it leaves out.
type CompareRowsInput struct {
	Run    artifact.RunID `json:"run"`
	Stage  string         `json:"stage"`
	Into   string         `json:"into"`
	Number int            `json:"number"`
	Rule   recipe.Rule    `json:"rule"`
	Seed   uint64         `json:"seed"`
	// Examples says that the rows are examples.
	Examples bool `json:"examples,omitempty"`
	// Own are the sketches of the rows, part by part, and Others those of other datasets.
	Own    List[artifact.Ref]            `json:"own"`
	Others map[string]List[artifact.Ref] `json:"others,omitempty"`
}

// CompareRows compares the sketches of all rows and says, in a document, which the rule leaves
// out, part by part.
func (a *Activities) CompareRows(ctx context.Context, in CompareRowsInput) (RecordedRef, error) {
	of := CurateDataInput{Run: in.Run, Stage: in.Stage, Into: in.Into, Number: in.Number}
	m, err := a.once(ctx, of.task(0, in), func(ctx context.Context, m *artifact.Manifest) (err error) {
		m.Outputs = map[string]artifact.Ref{}
		m.Outputs[outputCompared], err = a.compareRows(ctx, in)
		return err
	})
	if err != nil {
		return RecordedRef{}, classify(ctx, fmt.Sprintf("%s: %s of %s", in.Stage, in.Rule.Name(), in.Into), err)
	}
	return recordedRef(m, outputCompared), nil
}

// comparedRows is the document of CompareRows: of each part a blob of the rows that are left out,
// the zero ref where there is none.
type comparedRows struct {
	Parts []artifact.Ref `json:"parts"`
}

func (a *Activities) compareRows(ctx context.Context, in CompareRowsInput) (artifact.Ref, error) {
	comparison := curation.NewComparison(in.Rule, in.Seed)
	for _, name := range in.Rule.Others() {
		others, err := whole(ctx, a.Store, in.Others[name])
		if err != nil {
			return artifact.Ref{}, err
		}
		for _, ref := range others {
			if err := a.eachSketch(ctx, ref, func(s curation.Sketch) { comparison.Other(name, s) }); err != nil {
				return artifact.Ref{}, err
			}
		}
	}
	own, err := whole(ctx, a.Store, in.Own)
	if err != nil {
		return artifact.Ref{}, err
	}
	for _, ref := range own {
		if err := a.eachSketch(ctx, ref, comparison.Look); err != nil {
			return artifact.Ref{}, err
		}
	}
	var document comparedRows
	row := 0
	for _, ref := range own {
		var drops []curation.Drop
		err := a.eachSketch(ctx, ref, func(s curation.Sketch) {
			if reason, evidence := comparison.Judge(s); reason != "" {
				drops = append(drops, curation.Drop{Row: row, ID: s.ID, Reason: reason, Evidence: evidence})
			}
			row++
		})
		if err != nil {
			return artifact.Ref{}, err
		}
		lines, err := encodeDrops(drops, 0)
		if err != nil {
			return artifact.Ref{}, err
		}
		var stored artifact.Ref
		if len(lines) > 0 {
			if stored, err = a.Store.Put(ctx, lines); err != nil {
				return artifact.Ref{}, err
			}
		}
		document.Parts = append(document.Parts, stored)
	}
	return a.storeDocument(ctx, document)
}

// eachSketch gives the sketches of a part.
func (a *Activities) eachSketch(ctx context.Context, ref artifact.Ref, with func(curation.Sketch)) error {
	data, err := a.Store.Get(ctx, ref)
	if err != nil {
		return err
	}
	for len(data) > 0 {
		var s curation.Sketch
		if s, data, err = curation.NextSketch(data); err != nil {
			return err
		}
		with(s)
	}
	return ctx.Err()
}

// compared are the rows that CompareRows leaves out of a part whose first row has a number.
func (a *Activities) compared(ctx context.Context, in CurateShardInput, first int) ([]curation.Drop, error) {
	document, err := stored(ctx, a, in.Compared, func(data []byte) (c comparedRows, err error) { return c, json.Unmarshal(data, &c) })
	if err != nil {
		return nil, err
	}
	if in.Part >= len(document.Parts) {
		return nil, fmt.Errorf("part %d was not compared", in.Part)
	}
	if document.Parts[in.Part].IsZero() {
		return nil, nil
	}
	return stored(ctx, a, document.Parts[in.Part], func(data []byte) (drops []curation.Drop, err error) {
		for line := range bytes.Lines(data) {
			var d curation.Drop
			if err := json.Unmarshal(line, &d); err != nil {
				return nil, fmt.Errorf("decode what is left out: %w", err)
			}
			d.Row -= first
			drops = append(drops, d)
		}
		return drops, nil
	})
}
