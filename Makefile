# Heatline: `make help` lists the targets. Each one makes the virtual environment it needs from a lock file.
PYTHON ?= python3
BIN := .venv/bin
DEV := .venv-dev/bin
# One environment to run the bot, one with the tools for developers; pip checks every download against the lock's hashes.
INSTALL = install --quiet --disable-pip-version-check --require-hashes -r
PROJECT = install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .

# Tests wait more than they work: two for each core.
WORKERS ?= $(shell expr 2 \* $$(nproc 2>/dev/null || echo 2))

.PHONY: help demo run test lint audit types contracts eval bench bench-quick soak lock clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "make %-12s %s\n", $$1, $$2}'

demo: .venv/ready ## post a sample digest to a pretend Slack and answer /news at a prompt; FEEDS=1 takes it from feeds
	@$(BIN)/python -m playground.demo $(if $(FEEDS),--feeds)

run: .venv/ready ## start the bot with the settings in .env
	@$(BIN)/heatline run

test: .venv-dev/ready ## run the whole test suite
	@PYTEST_XDIST_AUTO_NUM_WORKERS=$(WORKERS) $(DEV)/python -m pytest -n auto

lint: .venv-dev/ready ## ruff with its rules of security, mypy, the import contracts, and what `make audit` says
	@$(DEV)/ruff check . && $(DEV)/ruff format --check .
	@$(DEV)/ruff check --isolated --select S digests/library/migrations bot/delivery/migrations
	@$(DEV)/mypy
	@$(DEV)/lint-imports
	@$(DEV)/python -m tests.tools.audit

audit: .venv-dev/ready ## ask whether anything that the lock files pin has a known hole; audit.toml has the exceptions
	@$(DEV)/python -m tests.tools.audit

eval: .venv-dev/ready ## measure the editor against the labelled days
	@$(DEV)/python -m tests.eval

bench: .venv-dev/ready ## measure the speed goals for some hours; writes docs/benchmarks.md; ONLY=search,feeds measures these alone
	@$(DEV)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(KEPT),--kept $(KEPT))

bench-quick: .venv-dev/ready ## measure a little of most speed goals in about a minute; writes nothing
	@$(DEV)/python -m tests.bench --quick

soak: .venv-dev/ready ## kill the bot fifty times while it posts 500 editions to 40 channels; writes docs/soak.md
	@$(DEV)/python -m tests.chaos

lock: ## resolve the dependencies again and write both lock files (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-strip-extras pyproject.toml --group build -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-strip-extras pyproject.toml --group dev -o requirements-dev.lock

clean: ## remove both virtual environments and caches
	rm -rf .venv .venv-dev .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/ready: requirements.lock pyproject.toml
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Heatline needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip $(INSTALL) requirements.lock
	@$(BIN)/python -m pip $(PROJECT)
	@touch $@

.venv-dev/ready: requirements-dev.lock pyproject.toml
	@echo "Setting up .venv-dev (once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Heatline needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv --clear .venv-dev
	@$(DEV)/python -m pip $(INSTALL) requirements-dev.lock
	@$(DEV)/python -m pip $(PROJECT)
	@touch $@
