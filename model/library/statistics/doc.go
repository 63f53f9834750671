// Package statistics has what a comparison of few repeated measurements needs:
// means with intervals by Student's t, least squares with its coefficient of
// determination, interpolation on a curve, and the sign test of pairs.
package statistics
