package statistics

import "math"

// LinearCKA is the linear centred kernel alignment of two representations of the same items, one row for each
// item: ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) in Frobenius norms of centred columns (Kornblith et al. 2019, arXiv 1905.00414,
// eq. 3 and 4). It is 1 where they differ by a rotation and a scale alone, and 0 where one does not vary.
func LinearCKA(x, y [][]float64) float64 {
	kx, ky := centredProducts(x), centredProducts(y)
	var xy, xx, yy float64
	for i := range kx {
		for j := range kx[i] {
			xy += kx[i][j] * ky[i][j]
			xx += kx[i][j] * kx[i][j]
			yy += ky[i][j] * ky[i][j]
		}
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// centredProducts are the products of all pairs of rows, of columns with mean 0.
func centredProducts(x [][]float64) [][]float64 {
	n := len(x)
	centred := make([][]float64, n)
	for i := range x {
		centred[i] = append([]float64{}, x[i]...)
	}
	for c := 0; n > 0 && c < len(x[0]); c++ {
		mean := 0.0
		for i := range x {
			mean += x[i][c] / float64(n)
		}
		for i := range x {
			centred[i][c] -= mean
		}
	}
	products := make([][]float64, n)
	for i := range products {
		products[i] = make([]float64, n)
		for j := range products[i] {
			for c := range centred[i] {
				products[i][j] += centred[i][c] * centred[j][c]
			}
		}
	}
	return products
}

// MeanCosine is the mean over items of the cosine of the angle between their two representations.
func MeanCosine(x, y [][]float64) float64 {
	sum := 0.0
	for i := range x {
		var xy, xx, yy float64
		for c := range x[i] {
			xy += x[i][c] * y[i][c]
			xx += x[i][c] * x[i][c]
			yy += y[i][c] * y[i][c]
		}
		if xx > 0 && yy > 0 {
			sum += xy / math.Sqrt(xx*yy)
		}
	}
	return sum / float64(len(x))
}
