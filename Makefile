# What people run here. `make run` needs a Rust toolchain, make and a C compiler; `make test` also PostgreSQL and Redis,
# which it installs where it may (root on Debian) or names where it may not.

CARGO ?= cargo

.PHONY: help run build test lint services unit behaviour schema

help:
	@echo "make run        build everything and start the demo"
	@echo "make build      the release binary: target/release/posthorn"
	@echo "make test       everything that CI runs"
	@echo "make lint       formatting and clippy"
	@echo "make unit       unit and property tests"
	@echo "make behaviour  black-box tests on both backends"
	@echo "make schema     write schema.graphql anew"

run: build
	target/release/posthorn demo

build:
	@echo "== building the release binary (several minutes the first time)"
	$(CARGO) build --release --package posthorn

test: lint services unit behaviour
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

unit:
	@echo "== unit and property tests"
	$(CARGO) test --package posthorn --lib

behaviour:
	@echo "== building the binary under test"
	$(CARGO) build --workspace
	@echo "== black-box tests"
	$(CARGO) test --package posthorn-tests -- --test-threads=6

schema:
	$(CARGO) run --quiet --package posthorn -- schema > schema.graphql
