# Two commands: `make run` serves the exchange, `make test` runs every gate.
SHELL := bash
.DEFAULT_GOAL := help
PORT ?= 8000
COMPILE := .venv/bin/uv pip compile pyproject.toml --quiet --no-header --no-annotate --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --group build

.PHONY: help run test lint format lock clean

help:
	@echo "make run [PORT=8000]   install, migrate, load the demo data, and serve; Ctrl-C stops it"
	@echo "make test              install what is missing, and run every gate"
	@echo "make lint              the gates that run no test"
	@echo "make format            put code into the one form"
	@echo "make lock              make the locks anew from pyproject.toml"
	@echo "make clean             remove what runs and tests left behind, but neither data nor .venv"

run:
	@scripts/environment run
	@exec .venv/bin/exchange run --port $(PORT)

test:
	@scripts/environment test
	@scripts/debian
	@exec scripts/gates

lint:
	@scripts/environment test
	@exec scripts/gates quick

format:
	@scripts/environment test
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format .

# The locks hold hashes and no address of an index.  `make lock UPGRADE=--upgrade` takes newer versions.
lock:
	@scripts/environment test
	@$(COMPILE) $(UPGRADE) -o requirements.lock
	@$(COMPILE) $(UPGRADE) --group test --group bench -c requirements.lock -o requirements-test.lock
	@! grep -nE '://|index' requirements.lock requirements-test.lock

clean:
	@rm -rf .cache .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist *.egg-info
	@find exchange workers marketplace matching migrations tests scripts -name __pycache__ -prune -exec rm -rf {} +
