package artifact

import "fmt"

// Policy names the weights after a number of policy steps: a durable checkpoint
// and the updates applied since, in order. A policy is a pure function of this
// name: P(t) = update(P(t-1), batch(t)). Whoever no longer holds it in memory
// loads the checkpoint and applies the updates again.
type Policy struct {
	Checkpoint Ref   `json:"checkpoint"`
	Updates    []Ref `json:"updates,omitempty"`
}

// Then returns the policy that follows p when update is applied. p is not changed.
func (p Policy) Then(update Ref) Policy {
	updates := make([]Ref, 0, len(p.Updates)+1)
	return Policy{Checkpoint: p.Checkpoint, Updates: append(append(updates, p.Updates...), update)}
}

// Name is a short unique name of the policy, made of digests.
func (p Policy) Name() string {
	digest, err := Digest(p)
	if err != nil { // a struct of strings and integers always has a JSON form
		panic(fmt.Sprintf("policy name: %v", err))
	}
	return digest[:24]
}
