package liveness

import "time"

const (
	// BeatEvery is the rhythm of the heartbeats of work.
	BeatEvery = 2 * time.Second
	// LostAfter is how long work may go without a heartbeat, while the server can be
	// reached, before its worker counts as lost.
	LostAfter = 6 * time.Second
	// GoneAfter is the same for a worker that is known to have ended.
	GoneAfter = 3 * time.Second
)
