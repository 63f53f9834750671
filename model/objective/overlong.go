package objective

// penalty is DAPO's soft punishment of a long response (arXiv 2503.14476,
// equation 13), to be added to its score: 0 while the response leaves the last
// CacheTokens of the budget free, falling to -1 at the budget, times Factor.
//
// No response is longer than the budget here. Beyond it TRL stops at -1, as the
// paper does; veRL has no floor.
func (o Overlong) penalty(tokens, budget int) float64 {
	over := tokens - (budget - o.CacheTokens)
	if o.Handling != Penalty || over <= 0 {
		return 0
	}
	return -o.Factor * min(1, float64(over)/float64(o.CacheTokens))
}
