package statistics

import (
	"errors"
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.10g, want %.10g", what, got, want)
	}
}

// The table of Student's t that textbooks print.
func TestStudentQuantile(t *testing.T) {
	for _, row := range []struct {
		p    float64
		df   int
		want float64
	}{
		{0.975, 1, 12.706205}, {0.975, 2, 4.302653}, {0.975, 3, 3.182446}, {0.975, 4, 2.776445}, {0.975, 5, 2.570582}, {0.975, 9, 2.262157},
		{0.975, 10, 2.228139}, {0.95, 7, 1.894579}, {0.995, 30, 2.749996}, {0.975, 120, 1.979930}, {0.025, 4, -2.776445}, {0.5, 3, 0},
	} {
		near(t, "the quantile", StudentQuantile(row.p, row.df), row.want, 1e-5)
	}
	for _, bad := range []float64{StudentQuantile(0.975, 0), StudentQuantile(1, 3), StudentQuantile(0, 3)} {
		if !math.IsNaN(bad) {
			t.Errorf("got %g", bad)
		}
	}
}

// 2, 4, 9: mean 5, squares 9+1+16 = 26, standard error sqrt(26/2/3) = 2.0817, t of 2 degrees 4.302653.
func TestMeanOf(t *testing.T) {
	m := MeanOf([]float64{2, 4, 9}, 0.95)
	near(t, "the mean", m.Value, 5, 0)
	near(t, "the standard error", m.SE, math.Sqrt(26./6), 1e-12)
	near(t, "the low end", m.Low(), 5-4.302653*math.Sqrt(26./6), 1e-5)
	near(t, "the high end", m.High(), 5+4.302653*math.Sqrt(26./6), 1e-5)
	if one := MeanOf([]float64{7}, 0.95); one.Value != 7 || !math.IsNaN(one.Half) || !math.IsNaN(one.SE) {
		t.Errorf("of one value: %+v", one)
	}
	if none := MeanOf(nil, 0.95); !math.IsNaN(none.Value) {
		t.Errorf("of none: %+v", none)
	}
	// Differences 1, 2, 3: mean 2, standard error 1/sqrt(3).
	p := Paired([]float64{1, 10, 100}, []float64{2, 12, 103}, 0.95)
	near(t, "the paired difference", p.Value, 2, 0)
	near(t, "its standard error", p.SE, 1/math.Sqrt(3), 1e-12)
}

// Of 10 coins at most 2 on one side: 2·(1+10+45)/1024; 1 of 1: 1.
func TestSignTest(t *testing.T) {
	near(t, "8 against 2", SignTest(8, 2), 2*56./1024, 1e-12)
	near(t, "2 against 8", SignTest(2, 8), 2*56./1024, 1e-12)
	near(t, "5 against 5", SignTest(5, 5), 1, 0)
	near(t, "1 against 0", SignTest(1, 0), 1, 1e-12)
	near(t, "none", SignTest(0, 0), 1, 0)
}

// y = 3 + 2x for x = 1..4 but for residuals 1, -1, -1, 1: sums to by hand, slope 2, intercept 3,
// residual 4, total 4·... = 20 + 4.
func TestLeastSquaresByHand(t *testing.T) {
	x := [][]float64{{1}, {2}, {3}, {4}}
	y := []float64{6, 6, 8, 12}
	f, err := LeastSquares(x, y, false)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the slope", f.Coefficients[0], 2, 1e-12)
	near(t, "the intercept", f.Intercept, 3, 1e-12)
	near(t, "R²", f.R2, 1-4./24, 1e-12)
	near(t, "the slope's standard error", f.SE[0], math.Sqrt(4./2/5), 1e-12)
	// The standard deviation of x is sqrt(1.25): a standardised slope is 2·sqrt(1.25), the intercept the mean of y.
	s, err := LeastSquares(x, y, true)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the standardised slope", s.Coefficients[0], 2*math.Sqrt(1.25), 1e-12)
	near(t, "the standardised intercept", s.Intercept, 8, 1e-12)
	near(t, "the standardised R²", s.R2, f.R2, 1e-12)
}

// Two features on seven points without residuals, as in the paper's regression of seven sets: the coefficients come
// back, R² is 1.
func TestLeastSquaresOfSevenPoints(t *testing.T) {
	prompts, responses := []float64{36e3, 60e3, 100e3, 383e3, 300e3, 383e3, 383e3}, []float64{1, 1, 1, 1, 2, 3, 6}
	var x [][]float64
	var y []float64
	for i := range prompts {
		row := []float64{math.Log2(prompts[i]), math.Log2(responses[i])}
		x = append(x, row)
		y = append(y, 4*row[0]+2.5*row[1]-30)
	}
	f, err := LeastSquares(x, y, false)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a", f.Coefficients[0], 4, 1e-9)
	near(t, "b", f.Coefficients[1], 2.5, 1e-9)
	near(t, "c", f.Intercept, -30, 1e-7)
	near(t, "R²", f.R2, 1, 1e-12)
	if f.DF != 4 {
		t.Errorf("%d degrees of freedom, want 4", f.DF)
	}
}

func TestLeastSquaresWithoutAnAnswer(t *testing.T) {
	for name, x := range map[string][][]float64{
		"too few": {{1, 2}, {2, 1}}, "a column that does not vary": {{1, 1}, {1, 2}, {1, 3}, {1, 5}}, "columns that are one": {{1, 2}, {2, 4}, {3, 6}, {4, 8}}, "none": nil,
	} {
		for _, standardised := range []bool{false, true} {
			if f, err := LeastSquares(x, make([]float64, len(x)), standardised); !errors.Is(err, ErrSingular) {
				t.Errorf("%s: %+v, error %v", name, f, err)
			}
		}
	}
	f, err := LeastSquares([][]float64{{1}, {2}, {4}}, []float64{5, 5, 5}, false)
	if err != nil || !math.IsNaN(f.R2) {
		t.Errorf("of a constant: %+v, error %v", f, err)
	}
}

func TestReach(t *testing.T) {
	curve := []Point{{10, 0.2}, {20, 0.4}, {30, 0.3}, {40, 0.8}}
	for _, row := range []struct{ y, x float64 }{{0.1, 10}, {0.3, 15}, {0.4, 20}, {0.55, 35}, {0.8, 40}} {
		x, ok := Reach(curve, row.y)
		if !ok {
			t.Errorf("%g is not reached", row.y)
		}
		near(t, "where it is reached", x, row.x, 1e-9)
	}
	if _, ok := Reach(curve, 0.9); ok {
		t.Error("0.9 is reached")
	}
}

// x is (1,0), (-1,0), (0,1), (0,-1): centred, XᵀX = 2·I. y keeps the first column alone: YᵀY = 2, YᵀX = (2, 0), so that
// CKA = 4 / (sqrt(8)·2) = 1/sqrt(2).
func TestLinearCKA(t *testing.T) {
	x := [][]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}
	near(t, "that of one column of two", LinearCKA(x, [][]float64{{1}, {-1}, {0}, {0}}), 1/math.Sqrt2, 1e-12)
	near(t, "that of a rotation, a scale and a shift", LinearCKA(x, [][]float64{{5, 3}, {5, -3}, {2, 0}, {8, 0}}), 1, 1e-12)
	near(t, "that of what has nothing in common", LinearCKA([][]float64{{1}, {-1}, {0}, {0}}, [][]float64{{0}, {0}, {1}, {-1}}), 0, 1e-12)
	if v := LinearCKA(x, [][]float64{{7}, {7}, {7}, {7}}); v != 0 {
		t.Errorf("that of a constant is %g", v)
	}
	// Angles of 0, 90 and 180 degrees: (1 + 0 - 1) / 3.
	near(t, "the mean cosine", MeanCosine([][]float64{{1, 0}, {1, 0}, {1, 1}}, [][]float64{{9, 0}, {0, 2}, {-1, -1}}), 0, 1e-12)
}
