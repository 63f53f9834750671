// Package objectstore keeps every artifact of a run in S3-compatible storage.
//
// There are two kinds of object. A blob lies under a key made from its SHA-256
// and never changes. A document (a manifest, a report) has a name that says
// what it is, and is written once.
//
// This package holds the rules: the interface Store, its errors, and what keys
// may look like. Its own stores are for tests: Memory, and Faults, which makes
// things go wrong. The real one is in package s3, so that nobody links an S3
// client only to name a Store. Package storetest is the suite that all of them pass.
//
// # Commit protocol
//
// An activity that produces something durable does this, in this order:
//
//  1. Put every blob. Put writes only what is not there whole: what is there it
//     reads back, since a checksum that the store keeps is as old as the blob.
//     After a write it asks the store for the size and CRC32C of what lies under the key.
//  2. Create the manifest that names the blobs, by one conditional PUT
//     (If-None-Match: *), with CreateOrSame.
//  3. Go on with the bytes that CreateOrSame returns, whoever wrote them.
//
// Through an Overlap this takes two round trips: a batch writes its blobs side by side, a small one by a
// conditional PUT of its own, and the look at each goes on beside the creation of the manifest. No result is given
// before all looks have ended well. A worker that dies in between may leave a manifest that the store had acknowledged all blobs of,
// and nobody has looked at them: so whoever finds a manifest in place of work reads what it names before it counts as
// done (see package activities). A manifest itself is read back at once where the answer does not state the CRC32C of
// its bytes, and else before a ledger names it.
//
// So the presence of a manifest means that all it names is complete, and a
// reader verifies each blob against its Ref (size and SHA-256) all the same. Of
// any number of workers that do the same work, one creates the manifest; a late
// duplicate, or a caller whose answer got lost on the way, finds what is already
// there. Work that dies before step 2 leaves only blobs that nobody names, and
// the next attempt finds those under the same keys.
//
// The protocol needs a store that honours If-None-Match. Some ignore it without
// a word, and would let two manifests overwrite each other; s3.Store.Probe finds
// out and refuses such a store. Success answers are not taken as proof either:
// what was written is looked at again.
//
// # What is not written again
//
// No blob is taken as present without a look: one that is there is read back, and what an Overlap keeps in memory is given to
// readers alone. Nothing is deleted today. Whoever adds a retention keeps to this: a blob may be named again at any
// moment by work that is under way, so it goes in two phases, first noted as unnamed, and deleted only if it is
// still unnamed after longer than any piece of work takes; a run that may name it must not be writing meanwhile.
//
// # One bad answer
//
// What does not match its digest or checksum is read again, four times within
// about a second and a half, before it is called corrupt. What was written and
// reads as absent is waited for as long, and then is a transient error. Answers
// that a person has to see to (credentials, rights, a missing bucket, no space) are
// RefusedErrors: Probe gives them at start, and a run that has once written well
// waits for the person.
//
// A blob that is lost for good is noted (see NoteDamage). Work that is asked for
// again and has made it is then done again, and its Put repairs the blob.
//
// # Power loss
//
// The guarantees hold when any process is killed, the server included. Power
// loss is another matter: they are then as good as the server's disk writes.
// The server of the laptop stack writes the bytes to the disk before it gives them
// their name, so that what it acknowledged in the last seconds before the power
// went may be gone but not short. What that means here: a manifest that is gone is
// work to be done again, with the same result; a blob that is gone is an error wrapping ErrNotFound, one
// that is short or damaged an error wrapping artifact.ErrCorrupt, and the next
// Put of the same bytes repairs both; a damaged manifest is an error wrapping
// artifact.ErrCorrupt (of Read where the store has its checksum, else of
// artifact.DecodeManifest, since a manifest has one of its own), and stays:
// documents are never overwritten. The work is done again and recorded beside it
// (see package activities). For runs that must survive
// power loss use a store that promises it.
package objectstore
