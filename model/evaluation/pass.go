package evaluation

import "fmt"

// PassAtK estimates without bias the chance that at least one of k samples is
// correct, from n samples of which c are: the share of the k-subsets with a
// correct one (Chen et al. 2021, arXiv 2107.03374, eq. 1)
//
//	1 - C(n-c, k) / C(n, k) = 1 - prod over i in n-c+1..n of (1 - k/i)
//
// The product needs no large binomials. It fails unless 0 <= c <= n and 1 <= k <= n.
func PassAtK(n, c, k int) (float64, error) {
	if c < 0 || c > n || k < 1 || k > n {
		return 0, fmt.Errorf("pass@k of n=%d samples, c=%d correct, k=%d; valid: 0 <= c <= n and 1 <= k <= n", n, c, k)
	}
	if n-c < k { // any k samples hold a correct one
		return 1, nil
	}
	none := 1.0
	for i := n - c + 1; i <= n; i++ {
		none *= 1 - float64(k)/float64(i)
	}
	return 1 - none, nil
}
