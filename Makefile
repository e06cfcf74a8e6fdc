# Thin over the npm scripts. Every target first brings node_modules, with the project's own Node, to what package-lock.json
# says; the machine needs npm for that once, and Linux on x64 or arm64.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo test crash-points check bench build image-try clean

run := PATH="$(CURDIR)/node_modules/.bin:$$PATH" node --run

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## Install dependencies where they are missing or outdated
	@sh scripts/setup.sh

demo: setup ## Show a whole life of volumes, a live migration included, on simulated storage
	@bin/rds-csi demo $(ARGS)

test: setup ## Run every check and test, csi-sanity included
	@$(run) test -- $(ARGS)

crash-points: setup ## Disturb every command of every use case in every way, on all transports
	@CRASH_POINTS=all $(run) vitest -- test/crash-points $(ARGS)

check: setup ## Check types, lint, format, architecture and generated code
	@$(run) check

bench: setup ## Measure speed and memory
	@$(run) bench -- $(ARGS)

build: setup ## Build both bundles, with primed compile caches, into dist
	@$(run) build

image-try: setup ## Run the build stage of the Dockerfile without Docker
	@$(run) image:try

clean: ## Remove what was built
	@rm -rf dist .cache coverage
