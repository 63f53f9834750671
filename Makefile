# temper: see README.md. The first target prints what there is.

GO = go
# SIMD kernels of the Go backend; no cgo unless built for XLA.
export GOEXPERIMENT = simd
export CGO_ENABLED = 0

.PHONY: help demo test check chaos race lint build bench peers gpu-check vet-xla clean histories
help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

demo: build ## build everything and run the whole recipe on this machine
	@bin/starter demo

# Most of a first build is the Temporal server: deploy/build.sh says how far it is.
build: ## build bin/devstack, bin/worker, bin/starter and bin/sandbox-cell
	@sh deploy/build.sh

test: build ## all tests: packages, import rules, replay, real processes
	$(GO) vet ./...
	$(GO) tool workflowcheck -config workflows/workflowcheck.yaml ./workflows/...
	$(GO) test -timeout 60m ./...
	cd deploy/devstack && $(GO) vet ./... && $(GO) test -timeout 20m ./...
	@$(MAKE) --no-print-directory vet-xla
	@! command -v cc >/dev/null || CGO_ENABLED=1 $(GO) test -tags xla -run XLA ./deploy/gpu

# About 45 minutes on two idle cores; make test takes ten.
check: build ## what takes longer than make test: README's commands, kills with real heartbeats, work of minutes, a slow machine
	TEMPER_LONG=1 $(GO) test -count=1 -timeout 60m -run '^TestLong' ./worker ./starter ./activities ./activities/sandbox
	@sh deploy/check-slow.sh

# One schedule again: make chaos N=1 SEED=7.
N ?= 20
SEED ?= 1
chaos: build ## N schedules of kills and faults, from SEED on: each ends as a run that was left alone
	TEMPER_CHAOS=$(N) TEMPER_SEED=$(SEED) $(GO) test -count=1 -timeout 0 -v -run '^TestChaos$$' ./worker

# The checks of pointers refuse those into the memory that all values of a graph share.
race: build ## the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -gcflags=all=-d=checkptr=0 -timeout 60m ./...

lint: ## static checks: formatting, staticcheck, golangci-lint where it is installed
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	@$(MAKE) --no-print-directory vet-xla
	$(GO) tool staticcheck ./...
	$(GO) tool workflowcheck -config workflows/workflowcheck.yaml ./workflows/...
	@if command -v golangci-lint >/dev/null; then golangci-lint run; else echo "golangci-lint is not installed: .golangci.yml was not run (the import rules are also a test)"; fi

bench: build ## speed and memory of the demo, tokenizer, safetensors, training, prefill and decode, beside PyTorch where it is installed
	@sh deploy/bench.sh

peers: build ## what export writes, loaded by transformers, and a reward in Python, the report in chromium under axe, all installed into .peers/
	@GO="$(GO)" sh deploy/peers.sh

gpu-check: ## parity and speed on a GPU, beside PyTorch's: deploy/gpu/README.md
	@GO="$(GO)" sh deploy/gpu/check.sh $(ARGS)

# XLA needs cgo, so it is left out where there is no C compiler.
vet-xla:
	@if command -v cc >/dev/null; then echo "go vet -tags xla ./..."; CGO_ENABLED=1 $(GO) vet -tags xla ./...; \
	else echo "no C compiler (cc): go vet -tags xla was not run"; fi

histories: build ## record the histories that the replay test replays
	TEMPER_RECORD=1 $(GO) test -count=1 -timeout 30m -run TestRecordHistories ./worker

clean: ## remove what was built and what the demo keeps (.temper)
	rm -rf bin .temper
