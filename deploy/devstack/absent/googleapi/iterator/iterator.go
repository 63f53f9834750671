// Package iterator stands in for the one of Google's API client, of which this build has nothing to iterate over.
package iterator

import "errors"

// Done would be the end of an iteration.
var Done = errors.New("no more items in iterator")
