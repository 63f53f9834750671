// Package sampling generates rollouts: it samples responses of a policy to
// prompts, with the log-probability of every token and the temperature-adjusted
// entropy.
package sampling
