# Culvert. `make help` lists what there is to make.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS := -X main.version=$(VERSION)
# no_emoji: the toolkit's font of 4 MB for emoji, which it would read once for
# each style of type. The system's are used where there are any.
TAGS    := migrated_fynedo no_emoji
TOOLS   := $(CURDIR)/.cache/tools
# What the linters read: the whole program without C, by Fyne's own tag for it.
LINT    := env CGO_ENABLED=0 $(TOOLS)/golangci-lint

.DEFAULT_GOAL := help

.PHONY: help
help: ## list what there is to make
	@awk -F ':.*## ' '/^[a-z0-9\/-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## bring the system packages that building the window needs
	@tools/deps.sh build

.PHONY: build
build: deps ## build the window and the command line: bin/culvert
	@[ -x bin/culvert ] || echo "Building bin/culvert; the first time takes some minutes ..."
	CGO_ENABLED=1 $(GO) build -tags '$(TAGS)' -ldflags '$(LDFLAGS)' -o bin/culvert .

.PHONY: static
static: ## build the command line alone, static: bin/kubectl-culvert
	@[ -x bin/kubectl-culvert ] || echo "Building bin/kubectl-culvert; the first time takes a minute or two ..."
	CGO_ENABLED=0 $(GO) build -tags nogui -ldflags '-s -w $(LDFLAGS)' -o bin/kubectl-culvert .

.PHONY: man
man: ## write the manual pages: bin/man, to be read with man -l
	@mkdir -p bin/man
	CGO_ENABLED=0 SOURCE_DATE_EPOCH=$(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null)) \
		$(GO) run -tags nogui -ldflags '$(LDFLAGS)' ./cli/manpages bin/man

.PHONY: reference
reference: ## write what follows from the code in docs: commands.md, and the fields in profiles.md
	CGO_ENABLED=0 $(GO) run -tags nogui ./cli/reference docs

.PHONY: demo
demo: ## run the demo: a cluster inside the program, no Kubernetes needed
	@if tools/display.sh; then \
		$(MAKE) --no-print-directory build && exec bin/culvert demo; \
	else \
		$(MAKE) --no-print-directory static && exec bin/kubectl-culvert demo --headless; \
	fi

.PHONY: run
run: build ## build and open the window
	bin/culvert

.PHONY: test
test: ## run the tests: no root, display or cluster needed
	@echo "Running the tests; the first time compiles for some minutes ..."
	CGO_ENABLED=0 LC_ALL=C $(GO) test -tags nogui ./...

.PHONY: check
check: deps $(TOOLS)/golangci-lint workflows ## format, lint, tidiness, and the tests under the race detector
	$(LINT) fmt --diff ./...
	$(LINT) run ./...
	cd e2e && $(LINT) fmt --diff ./... && $(LINT) run --config ../.golangci.yml ./...
	cd e2e/scripted && $(LINT) fmt --diff ./... && $(LINT) run --config ../../.golangci.yml ./...
	for m in . e2e e2e/cluster e2e/peer e2e/peer-forwarder e2e/scripted tools tools/actionlint tools/audit tools/package; do (cd $$m && $(GO) mod tidy -diff) || exit 1; done
	cd tools/audit && $(LINT) fmt --diff ./... && $(LINT) run --config ../../.golangci.yml ./... && CGO_ENABLED=0 $(GO) test -count=1 ./...
	cd tools/package && $(LINT) fmt --diff ./... && $(LINT) run --config ../../.golangci.yml ./... && CGO_ENABLED=0 $(GO) test -count=1 ./...
	CGO_ENABLED=0 $(GO) vet -tags nogui ./...
	CGO_ENABLED=1 LC_ALL=C $(GO) test -race -tags migrated_fynedo ./...

.PHONY: workflows
workflows: $(TOOLS)/actionlint ## look for mistakes in .github/workflows
	$(TOOLS)/actionlint -shellcheck= -pyflakes=

.PHONY: e2e
e2e: ## test on a real cluster and a real window (root; see e2e/README.md)
	@tools/deps.sh window
	@tools/deps.sh shells
	@echo "Testing on a real cluster; the first time builds Kubernetes, which takes some ten minutes ..."
	cd e2e && CGO_ENABLED=0 $(GO) test -count=1 -timeout 40m -v ./...

.PHONY: bench
bench: static ## measure against kubectl on a real cluster (root); BENCH='-help' lists flags
	@echo "Measuring takes three quarters of an hour, and needs the machine for itself; the first time builds Kubernetes, ten minutes more ..."
	cd e2e && CGO_ENABLED=0 $(GO) run ./cmd/bench -document ../docs/performance.md -json ../bin/bench.json $(BENCH)

.PHONY: clients
clients: static ## try psql, redis, wrk, ssh, git … against kubectl on a real cluster (root); CLIENTS='-help' lists flags
	@echo "Trying takes some ten minutes, and needs the machine for itself; the first time builds Kubernetes, ten minutes more ..."
	cd e2e && CGO_ENABLED=0 $(GO) run ./cmd/clients -document ../docs/clients.md $(CLIENTS)

.PHONY: bench-ui
bench-ui: ## measure the window: start, processor time, memory, clicks; WHILE=5s for a short look
	@tools/deps.sh window
	@mkdir -p bin/bench-ui
	@echo "Measuring takes five minutes, and needs the machine for itself ..."
	cd e2e && CGO_ENABLED=0 $(GO) test -count=1 -timeout 30m -run TestBenchUI ./window -v -bench-ui -bench-ui-while $(or $(WHILE),20s) \
		-bench-ui-document "$(CURDIR)/docs/performance-window.md" -bench-ui-profiles "$(CURDIR)/bin/bench-ui"

.PHONY: peers
peers: static ## do what can go wrong to Culvert, kubectl and others (root); PEERS='-help' lists flags
	@echo "Measuring takes a quarter of an hour; the first time builds Kubernetes, ten minutes more ..."
	cd e2e && CGO_ENABLED=0 $(GO) run ./cmd/peers -document ../docs/peers.md -json ../bin/peers.json $(PEERS)

.PHONY: soak
soak: static ## run on a real cluster with traffic and faults, 20 min or SOAK=8h (root); SEED=7
	@echo "The first time builds Kubernetes, which takes some ten minutes more ..."
	cd e2e && CGO_ENABLED=0 $(GO) run ./cmd/soak -for $(or $(SOAK),20m) $(if $(SEED),-seed $(SEED)) -document ../docs/reliability.md

.PHONY: faults
faults: ## disable ten lines that handle faults (SEED=7; ALL=1 for each): the tests must notice
	cd tools && CGO_ENABLED=0 $(GO) run ./faults $(if $(SEED),-seed $(SEED)) $(if $(ALL),-all)

.PHONY: fuzz
fuzz: ## feed each parser with nonsense, a minute each (FUZZTIME=10s, FUZZ=FuzzFrames)
	@tools/fuzz.sh $(or $(FUZZTIME),1m) $(FUZZ)

.PHONY: audit
audit: ## look at what is built in: licences, bill of materials (bin/sbom.json), vulnerabilities
	cd tools/audit && CGO_ENABLED=0 SOURCE_DATE_EPOCH=$(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null)) \
		$(GO) run . -sbom "$(CURDIR)/bin/sbom.json" -version '$(VERSION)'

.PHONY: licences
licences: ## write assets/licences.txt anew, after a change of what is linked in
	cd tools/audit && CGO_ENABLED=0 $(GO) run . -vulnerabilities=false -table "$(CURDIR)/assets/licences.txt" >/dev/null

# What tools/package is told of the commit. PARTS and DOWNLOADS: see docs/packaging.md.
PACKAGE = cd tools/package && CGO_ENABLED=0 SOURCE_DATE_EPOCH=$(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null)) \
	$(GO) run . $(1) -describe '$(VERSION)' $(if $(PARTS),-parts '$(PARTS)') $(if $(DOWNLOADS),-downloads '$(DOWNLOADS)')

.PHONY: package
package: package-parts ## make what is released, in dist; PARTS='cli linux windows sbom' for some of it
	@$(MAKE) --no-print-directory package-index

.PHONY: package-parts
package-parts:
	@tools/deps.sh package
	@$(call PACKAGE,make)

.PHONY: package-index
package-index: ## write the sums and manifests of what is in dist
	@$(call PACKAGE,index)

.PHONY: package-twice
package-twice: ## package the commit in two clones: the bytes must be the same; QUICK=1 with one build cache
	@tools/deps.sh package
	@QUICK='$(QUICK)' tools/package-twice.sh

.PHONY: package-try
package-try: ## install what is in dist in a new Debian, use it and remove it (root; needs the network)
	@tools/deps.sh try
	@tools/package-try.sh dist bin/package-try

.PHONY: notes
notes: ## print what CHANGELOG.md says of the version
	@$(call PACKAGE,notes)

.PHONY: publish
publish: ## make a draft of a release of the commit's tag from dist (for the workflow; needs gh)
	@git describe --tags --exact-match >/dev/null
	@mkdir -p bin
	@$(MAKE) --no-print-directory --silent notes > bin/notes.md
	cd dist && sha256sum --check --strict SHA256SUMS && gh release create '$(VERSION)' --draft --verify-tag --title 'Culvert $(VERSION)' \
		$(if $(findstring -,$(VERSION)),--prerelease) --notes-file ../bin/notes.md $$(cut -c 67- SHA256SUMS) SHA256SUMS

.PHONY: pictures
pictures: ## take the pictures in docs from the real window
	@tools/deps.sh window
	cd e2e && CGO_ENABLED=0 $(GO) test -count=1 -run TestPictures ./window -pictures "$(CURDIR)/docs"

.PHONY: fonts
fonts: ## make the Chinese fonts of what its catalogue is written with (Debian)
	@tools/fonts.sh

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint ## format the code
	$(LINT) fmt ./...
	cd e2e && $(LINT) fmt ./...

$(TOOLS)/golangci-lint: tools/go.mod
	@echo "Building the linters; the first time takes some minutes ..."
	@mkdir -p $(TOOLS)
	cd tools && CGO_ENABLED=0 $(GO) build -o $(TOOLS)/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(TOOLS)/actionlint: tools/actionlint/go.mod
	@mkdir -p $(TOOLS)
	cd tools/actionlint && CGO_ENABLED=0 $(GO) build -o $(TOOLS)/ github.com/rhysd/actionlint/cmd/actionlint

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist .cache
