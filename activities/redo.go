package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"temper/model/artifact"
)

// ErrNotRedone is wrapped by errors of Redo about work of a kind that is not done again.
var ErrNotRedone = errors.New("it cannot be done again")

// redo does work again whose input is of a type; fits is false where the document is of another.
type redo func(ctx context.Context, a *Activities, input []byte) (fits bool, err error)

// redoBy is the redo of an activity. A document is of the activity's input type if it has the same bytes written again.
func redoBy[In, Out any](do func(*Activities, context.Context, In) (Out, error)) redo {
	return func(ctx context.Context, a *Activities, input []byte) (bool, error) {
		var in In
		if err := json.Unmarshal(input, &in); err != nil {
			return false, nil
		}
		if again, err := json.Marshal(in); err != nil || !bytes.Equal(again, input) {
			return false, nil
		}
		_, err := do(a, ctx, in)
		return true, err
	}
}

// redos are the activities whose records are of a kind.
var redos = map[artifact.Kind][]redo{
	artifact.KindRecipe:       {redoBy((*Activities).RecordRecipe)},
	artifact.KindDataset:      {redoBy((*Activities).PrepareData), redoBy((*Activities).CollectExamples), redoBy((*Activities).KeepTaught)},
	artifact.KindCuration:     {redoBy((*Activities).CurateData), redoBy((*Activities).DropSolved)},
	artifact.KindCurationPart: {redoBy((*Activities).CurateShard), redoBy((*Activities).SketchShard), redoBy((*Activities).CompareRows)},
	artifact.KindVocabulary:   {redoBy((*Activities).InitModel)},
	artifact.KindCheckpoint:   {redoBy((*Activities).InitModel), redoBy((*Activities).SaveCheckpoint)},
	artifact.KindSFT:          {redoBy((*Activities).TrainSFT)},
	artifact.KindRollouts:     {redoBy((*Activities).GenerateRollouts)},
	artifact.KindMeasurement:  {redoBy((*Activities).GenerateRollouts)},
	artifact.KindVerdicts:     {redoBy((*Activities).ScoreRollouts), redoBy((*Activities).JudgeTaught), redoBy((*Activities).TryPrograms)},
	artifact.KindUpdate:       {redoBy((*Activities).UpdatePolicy)},
	artifact.KindTemperature:  {redoBy((*Activities).RecordTemperature)},
	artifact.KindDecision:     {redoBy((*Activities).RecordDecision)},
	artifact.KindEvaluation:   {redoBy((*Activities).SummarizeEvaluation)},
	artifact.KindLedger:       {redoBy((*Activities).WriteLedger)},
	artifact.KindReport:       {redoBy((*Activities).WriteReport)},
}

// Redo does the work of a record again, as the activity of a does that made it (and is none itself). The store has to hide that record: an
// objectstore.Overlay does, and has the new one afterwards. The error wraps ErrNotRedone for work that no activity here
// can repeat.
func Redo(ctx context.Context, a *Activities, m artifact.Manifest) error {
	switch {
	case m.Unrepeatable:
		return fmt.Errorf("%w: its verdicts are of a reward that is not deterministic (%s)", ErrNotRedone, m.Grader)
	case m.Kind == artifact.KindTeaching:
		return fmt.Errorf("%w: its responses are of a model that a server holds", ErrNotRedone)
	case m.Input.IsZero():
		return fmt.Errorf("%w: an earlier version recorded it, without its input", ErrNotRedone)
	case redos[m.Kind] == nil:
		return fmt.Errorf("%w: records of kind %s are not known here", ErrNotRedone, m.Kind)
	}
	input, err := a.Store.Get(ctx, m.Input)
	if err != nil {
		return err
	}
	for _, redo := range redos[m.Kind] {
		if fits, err := redo(ctx, a, input); fits {
			return err
		}
	}
	return fmt.Errorf("%w: its input is of another version", ErrNotRedone)
}
