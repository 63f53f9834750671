// Package sampling generates rollouts: it samples responses of a policy to
// prompts, with the log-probability of every token and the temperature-adjusted
// entropy. The network is transformer's; here are batches, their cache's rows, and the
// distribution that tokens are drawn from.
package sampling
