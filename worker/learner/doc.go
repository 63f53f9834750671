// Package learner computes with policies: it initialises, trains, samples and
// stores them, on one machine, for the activities (it is their port Learner).
//
// A policy is a derivation. Its name, artifact.Policy, is a durable checkpoint and
// the updates applied since, each a stored document; what the name means is the
// result of loading the one and applying the others, bit for bit. So a learner
// never needs to be told what state it is in: it resolves a name from memory, from
// memory with the last updates still to apply, or from the store (learner.go).
//
// In memory a policy is finished, with a name and never changed again, or a draft,
// which is being changed and has none (shelf.go). Nothing in memory is ever the
// truth: forgetting any policy at any time changes no result, only the time it
// takes. CheckMemory compares the two at every use.
//
// A learner does one thing at a time, on all cores (turn.go). Work that does not
// fit the machine's memory is refused before it begins, with what would fit
// (room.go); work that takes long shows that it makes progress (pace.go).
//
//	initial.go     the policy that a run begins with
//	updates.go     supervised segments, and policy updates from stored documents
//	checkpoint.go  policies to and from the store
//	graphs.go      compiled graphs, kept between calls
package learner
