package artifact

import "time"

// Given says who told a run what, when and why.
type Given struct {
	// By is who gave the order, as they say themselves.
	By string `json:"by,omitempty"`
	// Caller is the identity of the program that sent the update, as Temporal recorded it, and Principal the one that
	// Temporal authenticated, "" where it does not.
	Caller    string `json:"caller,omitempty"`
	Principal string `json:"principal,omitempty"`
	Reason    string `json:"reason,omitempty"`
	// At is when the run accepted it, Update the update's ID, and Execution the Run ID of the execution that accepted it.
	At        time.Time `json:"at,omitzero"`
	Update    string    `json:"update,omitempty"`
	Execution string    `json:"execution,omitempty"`
}

// Who names who it was, for people: the authenticated principal, else who they say they are.
func (g Given) Who() string {
	switch {
	case g.Principal != "":
		return g.Principal
	case g.By != "":
		return g.By + ", said to be"
	case g.Caller != "":
		return g.Caller + ", said to be"
	}
	return ""
}
