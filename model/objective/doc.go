// Package objective has every way in which temper learns from a batch of
// responses, each as one value in one table.
//
// # How a batch becomes an update
//
//	batch    of rollouts (and demonstrations), with scores and what is known of each token
//	Prepare  once per batch: who is in the loss, advantages, returns
//	Split    into mini-batches of whole groups, where a batch is used for several updates
//	Evaluate per update: the loss, and its derivative by every token's log-prob, entropy and value
//
// and training propagates the derivatives back through the network: with
// L(log pi, H, V) the loss, the gradient is the sum over tokens of
//
//	dL/dlog pi * grad log pi  +  dL/dH * grad H  +  dL/dV * grad V
//
// An objective therefore needs no graph of its own. It sees the whole (mini-)
// batch at once, in float64, so that cutting a batch for memory cannot change a
// result, and the same batch in the same order gives the same bits.
//
// # Carriers
//
// A Sequence is one response, with one number per token in each slice:
//
//	LogProb    log pi        the policy that is trained, now
//	Old        log pi_old    the policy that sampled
//	Reference  log pi_ref    the reference of the KL term
//	Entropy    H             of the distribution that the token comes from, now
//	Value      V, OldValue   the value head, now and when sampled
//	Advantage  A, Return     set by Prepare
//
// Settings.Needs says which of them must be there. With one update per batch
// (Settings.OnPolicy) the policy that is trained is the one that sampled: every
// ratio is exactly 1, no bound acts, and grpo needs none of them.
//
// Two prompts of two rollouts each, the first of them solved once:
//
//	Group Score Tokens | A (no std) | derivative of each token, batch_tokens
//	0     1     3      |  0.5       | -0.5/11
//	0     0     5      | -0.5       |  0.5/11
//	1     0     1      |  0         |  0          equal scores: no gradient,
//	1     0     2      |  0         |  0          but their tokens are divided by
//
// # The table
//
//	kind   of a token with advantage A and ratio r = pi/pi_old               source
//	grpo   max(-A r, -A clip(r)): GRPO, DAPO, Dr. GRPO, AceReason-Nemotron   arXiv 2402.03300, 2503.14476, 2503.20783
//	gspo   the same, of the ratio of the response                            2507.18071
//	cispo  -clip(r) A log pi, with the weight as a constant                  2506.13585
//	ppo    grpo's surrogate, generalised advantage estimation, value loss;   1707.06347, 1506.02438
//	       ReFT by its settings                                              2401.08967
//	nft    -log r where correct, -log of the implicit negative's where not   2505.18116
//	sft    -log pi of demonstrations                                         maximum likelihood
//	uft    grpo's surrogate and the likelihood of hints                      2505.16984
//	srft   likelihood and surrogate on demonstrations, +-log pi of rollouts  2506.19767, by HPT
//	chord  (1-mu) grpo + mu * weighted likelihood of demonstrations          2508.11408
//
// A file per kind has its formula, where that stands, and what departs from it.
//
// # Choices that are fields
//
// Papers and trainers differ in what they divide by; Denominator has the forms
// and words.go the names of who uses which. Whether a sequence that is masked
// out completely counts in a mean over sequences is MaskedSequences: it does in
// veRL's trainers, which pass the size of the mini-batch, and in TRL's grpo and
// dr_grpo; it does not in veRL's agg_loss alone. An advantage is measured from
// the group's mean, from the others' mean, from nothing or by a value head, and
// divided by a standard deviation or not. TRL clamps neither log-ratios nor KL
// estimates, veRL does both.
//
// # How it is proved
//
// The tests compare losses and derivatives with what TRL 1.16, veRL 0.9.1 and
// the authors' code of NFT, UFT and ReFT gave for the same rollouts (relative
// 1e-9; ReFT 1e-7, since that code casts to float32), SRFT with a
// reimplementation by others; every derivative also with finite differences, and
// objectives with each other where theory says that they are equal.
package objective
