# What to do with Stockbridge. The work is in scripts/, one file per step.
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help demo test check bench console build fmt lint schema test-rust test-clients test-web test-browser clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-13s %s\n", $$1, $$2 }'

demo: ## Build everything and start gateway, console and sandbox (LISTEN=127.0.0.1:8080 DATA=data)
	@scripts/demo

test: ## Run everything: Rust on SQLite and PostgreSQL, third-party clients, console, browser
	@scripts/test

check: ## Format, lints with warnings denied, dependency rules
	@scripts/check

bench: ## Measure (SUITE=… for one part); see bench/README.md
	@scripts/bench $(SUITE)

console: ## Build the console into web/dist
	@scripts/need node && scripts/console

build: console ## Build the program with the console in it
	@scripts/program

fmt: ## Put all code into its format
	@cargo fmt --all
	@if [ -d web/node_modules ]; then cd web && npm run --silent format; fi

schema: ## Print the GraphQL schema into schema.graphql
	@scripts/program && scripts/schema

test-rust: ## Only the Rust tests
	@scripts/test rust

test-clients: ## Only the third-party clients
	@scripts/test clients

test-web: ## Only the console's unit tests
	@scripts/test web

test-browser: ## Only the tests in a browser
	@scripts/test browser

clean: ## Remove everything that was built or installed here (data/ stays)
	@rm -rf target web/dist web/node_modules .tools
