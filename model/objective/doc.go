// Package objective has every way in which temper learns from a batch of
// responses, each as one value in one table.
package objective
