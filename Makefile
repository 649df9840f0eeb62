# What people run here. `make run` needs a Rust toolchain, make and a C compiler, and Node.js (20.19, 22.12 or newer) for the
# console (without it, the start page takes the console's place); `make test` also PostgreSQL, Redis, Chromium and a Chinese
# font, which it installs where it may (root on Debian) or names where it may not.

CARGO ?= cargo
# One selection for all that is tested, so that everything is compiled once: cargo picks features by what is selected.
BUILD := $(CARGO) build --workspace --all-targets

.PHONY: help run build bench console node test lint services console-test unit behaviour chaos beside e2e screenshots schema

CONSOLE := $(shell find console/src console/public console/scripts -type f) \
	$(addprefix console/,package.json package-lock.json vite.config.ts tsconfig.json)

help:
	@echo "make run        build everything and start the demo"
	@echo "make build      the release binary: target/release/posthorn"
	@echo "make test       everything that CI runs"
	@echo "make bench      measure: embedded, and on a private PostgreSQL and Redis"
	@echo "make lint       formatting and clippy"
	@echo "make unit       unit and property tests, on both databases"
	@echo "make behaviour  black-box tests on both backends"
	@echo "make chaos      the fault suite in its long form: kills, outages, a full disk, clock jumps (ten minutes)"
	@echo "make beside     OLD=<revision>: that version beside this one, upgraded and rolled back under load"
	@echo "make console    the web console: console/dist, which becomes part of the binary"
	@echo "make e2e        the console in a browser against the server, under load too"
	@echo "make screenshots  every page of the console in both languages and themes"
	@echo "make schema     write schema.graphql anew"

run: build
	target/release/posthorn demo

build: console
	@echo "== building the release binary (several minutes the first time)"
	$(CARGO) build --release --package posthorn

# Prints a table and writes bench.json: a server of its own each time, the load and the provider beside it on this machine.
bench: build
	tests/bench target/release/posthorn --json bench.json

# Says in a line what the console's build misses here, if anything: what it is built with wants Node.js as new as this.
NODE_MISSING = if ! command -v node >/dev/null || ! command -v npm >/dev/null; then echo "Node.js 20.19 or newer, with npm, is missing"; \
	else node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
		if (a < 20 || (a === 20 && b < 19) || a === 21 || (a === 22 && b < 12)) \
			console.log("Node.js " + process.versions.node + " is too old: 20.19, 22.12 or newer is needed")'; fi

# Built when something of it has changed.
console:
	@missing=$$($(NODE_MISSING)); if [ -z "$$missing" ]; then $(MAKE) --no-print-directory console/dist/index.html; \
	else echo "== $$missing: built without the console"; fi

# For what does not work without it.
node:
	@missing=$$($(NODE_MISSING)); [ -z "$$missing" ] || { echo "$$missing" >&2; exit 1; }

console/dist/index.html: $(CONSOLE) console/node_modules/.package-lock.json
	@echo "== building the console"
	cd console && npm run build

console/node_modules/.package-lock.json: console/package-lock.json
	@echo "== installing the console's packages"
	cd console && npm ci --no-audit --no-fund --loglevel=error

test: node services console-test lint unit behaviour e2e
	@echo "== all tests passed"

lint:
	@echo "== formatting"
	$(CARGO) fmt --all --check
	@echo "== clippy"
	$(CARGO) clippy --workspace --all-targets -- -D warnings

# Starts and stops PostgreSQL and Redis once, so that what is missing is installed, or named, before anything is built.
services:
	@echo "== PostgreSQL and Redis"
	tests/services </dev/null >/dev/null

console-test: node console/dist/index.html
	@echo "== the console: lint, types, generated files, size, component tests"
	cd console && npm run lint && npm run typecheck && npm run codegen:check && npm run size && npm test

unit:
	@echo "== building what is tested"
	$(BUILD)
	@echo "== unit and property tests, with SQLite"
	$(CARGO) test --workspace --lib
	@echo "== unit and property tests, with PostgreSQL"
	tests/on-postgres $(CARGO) test --workspace --lib

behaviour:
	@echo "== building the binary under test"
	$(BUILD)
	@echo "== black-box tests"
	$(CARGO) test --workspace --test behaviour -- --test-threads=6

# The short form is part of `behaviour`. The figures in docs/reliability.md are the lines that begin with `chaos`.
chaos:
	@echo "== building the binary under test"
	$(BUILD)
	@echo "== the fault suite, long form"
	POSTHORN_CHAOS=long $(CARGO) test --workspace --test behaviour -- chaos:: --test-threads=5 --nocapture

# Another version's instances beside this one's, on one database under load: they become this one, and one goes back.
beside:
	@test -n "$(OLD)" || { echo "which version? make beside OLD=<revision>" >&2; exit 1; }
	@echo "== building $(OLD)"
	git worktree add --force --detach target/old $(OLD)
	cd target/old && $(CARGO) build --package posthorn --target-dir ../old-target
	git worktree remove --force target/old
	@echo "== building the binary under test"
	$(BUILD)
	POSTHORN_OLD_BIN=$(CURDIR)/target/old-target/debug/posthorn $(CARGO) test --workspace --test behaviour -- \
		chaos::versions::another --ignored --nocapture

e2e: node console/dist/index.html
	@echo "== building the binary under test"
	$(BUILD)
	@echo "== the console in a browser: what it does, and beside that, with a server of its own, axe on every view (told at the end)"
	@axe=$$(mktemp); tests/console target/debug/posthorn e2e:axe >$$axe 2>&1 & looking=$$!; \
		tests/console target/debug/posthorn e2e:works; works=$$?; \
		wait $$looking; looks=$$?; cat $$axe; rm -f $$axe; exit $$((works + looks))
	@echo "== the console in a browser: what is measured, alone"
	tests/console target/debug/posthorn e2e:measured

screenshots: node console/dist/index.html
	$(BUILD)
	tests/console target/debug/posthorn screenshots

schema:
	$(CARGO) run --quiet --package posthorn -- schema > schema.graphql
