# Every target makes its own virtual environment; nothing but python3 (3.11 or newer) is needed.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
BENCH  ?= .venv-bench
# Python compiles what it imports; to compile all of it beforehand is half the time of an installation.
PIP    := -m pip install --quiet --disable-pip-version-check --no-compile

.PHONY: help demo test check suite format chaos bench lock clean
.DEFAULT_GOAL := help

help:  ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 12

demo: $(VENV)/.runtime  ## Run a whole audit of a fictional organisation, with no account anywhere
	@$(BIN)/auditor demo

# The checks need one core for half a minute; the tests have the others meanwhile.
test: $(VENV)/.development  ## Run every check and every test
	@$(MAKE) --no-print-directory --jobs=2 check suite

suite: $(VENV)/.development  ## Run every test, without the checks
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: $(VENV)/.development  ## Lint, types and the architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.development  ## Put the code in shape
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

chaos: $(VENV)/.development  ## Kill runs at 200 random moments and compare with a quiet day (about a quarter of an hour)
	@$(BIN)/python -m tests.chaos

bench: $(BENCH)/.ready  ## Measure against peers; writes docs/benchmarks.md (about half an hour)
	@$(BENCH)/bin/python -m benchmarks

lock: ## Resolve the lock files anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links -q --group build -o lock/runtime.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links -q --extra postgres --extra notify --extra qr --extra dask --group dev -o lock/development.txt
	cp lock/runtime.txt lock/benchmarks.txt  # its versions are kept wherever the peers allow
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links -q --group bench -o lock/benchmarks.txt

clean:  ## Remove the virtual environment and everything generated
	rm -rf $(VENV) $(BENCH) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist demo-out bench-out

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Auditor needs Python 3.11 or newer; this is %s. Name another with: make PYTHON=python3.11 ..." % sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.runtime: lock/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Auditor needs into $(VENV) (once; about a minute)"
	@$(BIN)/python $(PIP) --require-hashes --requirement lock/runtime.txt
	@$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.development: lock/development.txt $(VENV)/.runtime
	@echo "Installing what the tests need into $(VENV) (once)"
	@$(BIN)/python $(PIP) --require-hashes --requirement lock/development.txt
	@touch $@

# The peers are heavy and pin much, so they get a virtual environment of their own.
$(BENCH)/.ready: lock/benchmarks.txt lock/without_dependencies.txt pyproject.toml
	@$(PYTHON) -m venv $(BENCH)
	@echo "Installing Auditor and the peers it is measured against into $(BENCH) (once; some minutes)"
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement lock/benchmarks.txt
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement lock/without_dependencies.txt
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
