package bundle

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"temper/model/audit"
	"temper/starter/histories"
)

// History adds the history of one execution.
func (w *Writer) History(data []byte) error {
	w.histories++
	return w.add(fmt.Sprintf("%s%06d.json", historyFolder, w.histories), data)
}

// Finish writes what an audit said of the run, the list of all files, and the statement, which key signs unless it is
// nil; weights says that the files of weights are in the bundle.
func (w *Writer) Finish(ctx context.Context, r audit.Report, weights bool, key *Key) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("encode the audit: %w", err)
	}
	if err := w.add(auditFile, append(text, '\n')); err != nil {
		return err
	}
	s := newStatement(r, w.contents)
	s.Weights, s.History = weights, w.histories > 0
	statement, err := s.encode()
	if err != nil {
		return err
	}
	if err := w.write(contentsFile, w.contents); err != nil {
		return err
	}
	if err := w.write(statementFile, statement); err != nil {
		return err
	}
	if key != nil {
		envelope, err := sign(ctx, key, statement)
		if err != nil {
			return err
		}
		if err := w.write(envelopeFile, envelope); err != nil {
			return err
		}
	}
	return w.commit()
}

// History is the history that a bundle holds, nil if it holds none.
func (b *Bundle) History() audit.History {
	var names []string
	for name := range b.contents {
		if strings.HasPrefix(name, historyFolder) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return kept{b, names}
}

// kept is a history in files.
type kept struct {
	b     *Bundle
	names []string
}

// Each implements audit.History.
func (k kept) Each(each func(audit.Execution) error) error {
	for _, name := range k.names {
		data, err := k.b.file(name)
		if err != nil {
			return err
		}
		e, err := histories.Decode(data)
		if err != nil {
			return err
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}
