# Everything a person does with this repository. A bare machine needs Python 3.11-3.13 and make.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PORT ?= 8000
VENV ?= .venv

# The first interpreter of these that runs and is new enough; override with `make PYTHON=/path/to/python ...`.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$python && break; done)
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: demo
demo: $(VENV)/.demo ## Run the service on a demo AWS: no account, Docker, Redis or PostgreSQL needed (PORT=8000)
	@exec $(BIN)/python manage.py demo --port $(PORT)

.PHONY: up
up: $(VENV)/.run ## Run the service on the AWS account of your default credentials (PORT=8000)
	@exec $(BIN)/python manage.py up --port $(PORT)

.PHONY: test
test: $(VENV)/.dev ## Run the tests that need nothing else
	$(BIN)/python -m pytest -q $(PYTEST)

.PHONY: coverage
coverage: $(VENV)/.dev ## Run the tests that need nothing else and measure what they cover, which takes nearly twice as long
	$(BIN)/python -m pytest -q --cov $(PYTEST)

.PHONY: lint
lint: $(VENV)/.dev ## Check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: check
check: ## Run everything that CI runs: tests on SQLite, lint, tests on PostgreSQL and Redis
	.ci/run

.PHONY: bench-crawl
bench-crawl: $(VENV)/.dev ## Measure crawls of 20 to 20,000 pipelines against a light AWS (BENCH="--quick")
	$(BIN)/python -m bench.crawl $(BENCH)

.PHONY: schema
schema: $(VENV)/.dev ## Write docs/openapi.yml anew
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yml

.PHONY: lock
lock: $(VENV)/.dev ## Write requirements*.txt anew from requirements*.in
	for set in "" -demo -dev -estate; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-strip-extras requirements$$set.in -o requirements$$set.txt || exit 1; done

.PHONY: compose-check
compose-check: $(VENV)/.dev ## Check docker-compose.yml, with Docker's own parser where there is one
	$(BIN)/python -m pytest -q tests/test_compose.py
	@if docker compose version >/dev/null 2>&1; then DJANGO_SECRET_KEY=check POSTGRES_PASSWORD=check docker compose --profile demo config --quiet; \
	else echo "docker compose is not installed: checked by the test alone"; fi

.PHONY: venv
venv: $(VENV)/.dev ## Make the virtual environment with everything in it

.PHONY: clean
clean: ## Remove the virtual environment, caches and the demo's data; keeps .data otherwise
	rm -rf $(VENV) .data/demo .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed. Name one: make PYTHON=/path/to/python ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.demo: requirements.txt requirements-demo.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt -r requirements-demo.txt
	@touch $@ $(VENV)/.run

$(VENV)/.dev: requirements.txt requirements-demo.txt requirements-dev.txt | $(BIN)/python
	$(INSTALL) -r requirements.txt -r requirements-demo.txt -r requirements-dev.txt
	@touch $@ $(VENV)/.run $(VENV)/.demo
