package bundle

import (
	"encoding/json"
	"errors"
	"fmt"

	attestation "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"temper/deploy/version"
	"temper/model/artifact"
	"temper/model/audit"
)

// PredicateType names the form of what a bundle's statement says of the run's final weights.
const PredicateType = "urn:temper:audit:v1"

// Statement is what a bundle's statement says, in its own words.
type Statement struct {
	Run artifact.RunID `json:"run"`
	// Recipe, Checkpoint and Page are the digests of what the run began and ended with; Chain is the head of its chain.
	Recipe     string `json:"recipe"`
	Checkpoint string `json:"checkpoint,omitempty"`
	Chain      string `json:"chain,omitempty"`
	// Contents is the digest of the list of the bundle's files.
	Contents string `json:"contents"`
	// Weights says that the files of weights and moments are in the bundle; History that Temporal's history is.
	Weights bool `json:"weights"`
	History bool `json:"history"`
	// Temper is the version that made the bundle.
	Temper string `json:"temper"`
	// Subjects are the files of the final weights, with their digests.
	Subjects []artifact.Ref `json:"-"`
}

// newStatement says of an audited run what its bundle holds.
func newStatement(r audit.Report, contents []byte) Statement {
	return Statement{
		Run: r.Run, Recipe: r.Recipe.SHA256, Checkpoint: r.Final.Checkpoint.SHA256, Chain: r.Head, Contents: artifact.RefOf(contents).SHA256,
		Temper: version.Text(), Subjects: r.Final.Weights,
	}
}

// encode is the statement in in-toto's form. Where a run left no weights, its recipe is the subject.
func (s Statement) encode() ([]byte, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode the statement: %w", err)
	}
	predicate := &structpb.Struct{}
	if err := protojson.Unmarshal(text, predicate); err != nil {
		return nil, fmt.Errorf("encode the statement: %w", err)
	}
	statement := &attestation.Statement{Type: attestation.StatementTypeUri, PredicateType: PredicateType, Predicate: predicate}
	for _, ref := range s.Subjects {
		statement.Subject = append(statement.Subject, &attestation.ResourceDescriptor{Name: ref.Key, Digest: map[string]string{"sha256": ref.SHA256}})
	}
	if len(s.Subjects) == 0 {
		statement.Subject = []*attestation.ResourceDescriptor{{Name: artifact.KeyOf(s.Recipe), Digest: map[string]string{"sha256": s.Recipe}}}
	}
	if err := statement.Validate(); err != nil {
		return nil, fmt.Errorf("encode the statement: %w", err)
	}
	data, err := protojson.MarshalOptions{Multiline: true}.Marshal(statement)
	if err != nil {
		return nil, fmt.Errorf("encode the statement: %w", err)
	}
	return append(data, '\n'), nil
}

// readStatement reads what encode wrote.
func readStatement(data []byte) (Statement, error) {
	var s Statement
	statement := &attestation.Statement{}
	if err := protojson.Unmarshal(data, statement); err != nil {
		return s, fmt.Errorf("it is no in-toto statement: %w", err)
	}
	if err := statement.Validate(); err != nil {
		return s, fmt.Errorf("it is no in-toto statement: %w", err)
	}
	if got := statement.GetPredicateType(); got != PredicateType {
		return s, fmt.Errorf("its predicate is of type %q; valid: %s", got, PredicateType)
	}
	text, err := protojson.Marshal(statement.GetPredicate())
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read its predicate: %w", err)
	}
	if s.Run.Name == "" || s.Contents == "" {
		return s, errors.New("its predicate names no run or no contents")
	}
	for _, subject := range statement.GetSubject() {
		sum := subject.GetDigest()["sha256"]
		s.Subjects = append(s.Subjects, artifact.Ref{Key: subject.GetName(), SHA256: sum})
	}
	return s, nil
}
