package statistics

import (
	"errors"
	"math"
)

// ErrSingular says that the data do not determine the coefficients: too few points, or columns that depend on each other.
var ErrSingular = errors.New("the points do not determine the coefficients")

// Fit is y = Coefficients · x + Intercept by least squares.
type Fit struct {
	Coefficients []float64
	Intercept    float64
	// R2 is the coefficient of determination: 1 - residual sum of squares / total. It is NaN where y does not vary.
	R2 float64
	// SE are the standard errors of the coefficients, with len(y) - len(x) - 1 degrees of freedom DF; NaN where DF is 0.
	SE []float64
	DF int
}

// LeastSquares fits y to the rows of x. With standardised each column is first brought to mean 0 and
// standard deviation 1 (of the population), so that coefficients compare what a usual change of each does.
func LeastSquares(x [][]float64, y []float64, standardised bool) (Fit, error) {
	if len(x) == 0 || len(x) != len(y) || len(y) < len(x[0])+1 {
		return Fit{}, ErrSingular
	}
	columns := len(x[0])
	rows := make([][]float64, len(x)) // with a last column of ones
	for i := range x {
		rows[i] = append(append([]float64{}, x[i]...), 1)
	}
	if standardised {
		for c := range columns {
			if !standardise(rows, c) {
				return Fit{}, ErrSingular
			}
		}
	}
	inverse, err := inverseOfNormal(rows)
	if err != nil {
		return Fit{}, err
	}
	beta := make([]float64, columns+1)
	for i, row := range rows {
		for a := range beta {
			for b := range beta {
				beta[a] += inverse[a][b] * row[b] * y[i]
			}
		}
	}
	f := Fit{Coefficients: beta[:columns], Intercept: beta[columns], DF: len(y) - columns - 1}
	f.judge(rows, y, inverse)
	return f, nil
}

// standardise brings a column to mean 0 and standard deviation 1; false where it does not vary.
func standardise(rows [][]float64, c int) bool {
	var mean, squares float64
	for _, row := range rows {
		mean += row[c] / float64(len(rows))
	}
	for _, row := range rows {
		squares += (row[c] - mean) * (row[c] - mean) / float64(len(rows))
	}
	std := math.Sqrt(squares)
	for _, row := range rows {
		row[c] = (row[c] - mean) / std
	}
	return std > 1e-12*(1+math.Abs(mean))
}

// judge fills in R² and the standard errors.
func (f *Fit) judge(rows [][]float64, y []float64, inverse [][]float64) {
	mean := 0.0
	for _, v := range y {
		mean += v / float64(len(y))
	}
	var residual, total float64
	for i, row := range rows {
		at := f.Intercept
		for c, b := range f.Coefficients {
			at += b * row[c]
		}
		residual += (y[i] - at) * (y[i] - at)
		total += (y[i] - mean) * (y[i] - mean)
	}
	f.R2 = math.NaN()
	if total > 0 {
		f.R2 = 1 - residual/total
	}
	for c := range f.Coefficients {
		se := math.NaN()
		if f.DF > 0 {
			se = math.Sqrt(residual / float64(f.DF) * inverse[c][c])
		}
		f.SE = append(f.SE, se)
	}
}

// inverseOfNormal is (XᵀX)⁻¹ by Gauss and Jordan with pivots.
func inverseOfNormal(rows [][]float64) ([][]float64, error) {
	n := len(rows[0])
	m := make([][]float64, n) // XᵀX beside the identity
	for a := range n {
		m[a] = make([]float64, 2*n)
		for b := range n {
			for _, row := range rows {
				m[a][b] += row[a] * row[b]
			}
		}
		m[a][n+a] = 1
	}
	largest := 0.0
	for a := range n {
		largest = max(largest, m[a][a])
	}
	for c := range n {
		pivot := c
		for r := c; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[pivot][c]) {
				pivot = r
			}
		}
		if math.Abs(m[pivot][c]) <= 1e-10*largest {
			return nil, ErrSingular
		}
		m[c], m[pivot] = m[pivot], m[c]
		scale := m[c][c]
		for k := range m[c] {
			m[c][k] /= scale
		}
		for r := range n {
			if factor := m[r][c]; r != c && factor != 0 {
				for k := range m[r] {
					m[r][k] -= factor * m[c][k]
				}
			}
		}
	}
	inverse := make([][]float64, n)
	for a := range n {
		inverse[a] = m[a][n:]
	}
	return inverse, nil
}

// Point is one of a curve.
type Point struct{ X, Y float64 }

// Reach is the least X at which the curve, whose points are in the order of X, comes to Y, on straight lines
// between its points; false where it does not. A curve that begins above Y has reached it with its first point.
func Reach(curve []Point, y float64) (x float64, ok bool) {
	for i, p := range curve {
		if p.Y < y {
			continue
		}
		if i == 0 {
			return p.X, true
		}
		before := curve[i-1]
		return before.X + (y-before.Y)/(p.Y-before.Y)*(p.X-before.X), true
	}
	return 0, false
}
