# `make help` says what there is. A fresh Debian or Ubuntu machine needs python3 (3.11 to 3.13), python3-venv and make.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
# Several starts in a row: what the first has compiled serves the others.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run test lint format scripts faults bench bench-large lock programs

BIN := .venv/bin
UV := $(BIN)/uv pip
COMPILE := $(UV) compile --quiet --universal --generate-hashes --no-header --no-annotate
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)

help:  ## list what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1 \2/p' $(MAKEFILE_LIST) | while read -r name words; do \
		printf '  make %-12s %s\n' "$$name" "$$words"; done

run: export MATCHMAKER_DEMONSTRATION := 1
run: .venv/run  ## open the portal with a made-up community, on this machine
	@$(BIN)/flask db upgrade
	@$(BIN)/flask demonstration load
	@exec $(BIN)/python app.py

# The quickest first. In CI nothing may be left out.
test: .venv/dev programs lint  ## run every check there is
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory scripts; fi
	$(BIN)/pytest -q -n 2 --dist worksteal -m "not slow" --ignore=tests/browser
	@if command -v chromium >/dev/null; then set -x; \
		$(BIN)/pytest -q -n 2 --dist worksteal -m "not slow" tests/browser; fi

lint: .venv/dev  ## check format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev  ## format the Python and the scripts
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory node_modules && npx --no-install biome check --write; fi

# What runs in the browser, where Node is there; the browser's own tests need none.
scripts: node_modules  ## check what runs in the browser
	npx --no-install biome check
	node --test --test-reporter=dot tests/static/

# Full disks, busy databases, dead processes and bad mail servers: the slow tests too.
# A table at the end says what was lost, doubled and oversold, and how quickly.
faults: .venv/dev  ## run the slow tests too: full disks, dead processes, bad mail servers
	$(BIN)/pytest -q tests/test_errors.py tests/test_cli.py tests/serving tests/mail tests/jobs tests/services/events tests/test_odd_input.py tests/browser/test_lengths.py

# How good and how quick the engine is, beside baselines, into docs/benchmarks.md.
bench: .venv/dev  ## measure the engine, and write docs/benchmarks.md
	$(BIN)/python benchmarks/report.py

bench-large: .venv/dev  ## the same, up to a million people
	$(BIN)/python benchmarks/report.py --large

# Choose the newest versions that pyproject.toml allows, with their hashes.
lock: $(BIN)/uv  ## choose the newest versions that pyproject.toml allows
	printf 'setuptools>=80\nuv\n' | $(COMPILE) --upgrade --output-file requirements/build.lock -
	$(COMPILE) --upgrade --extra postgres --output-file requirements/run.lock pyproject.toml
	$(COMPILE) --upgrade --extra postgres --group dev --output-file requirements/dev.lock pyproject.toml

# What some tests drive beside Python: a browser, a proxy in front of the server, backups.
programs:
	@export PATH="$$PATH:/usr/sbin"; \
	for program in chromium nginx sqlite3; do \
		if command -v $$program >/dev/null; then continue; fi; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing $$program for the tests."; \
			apt-get -qq update && apt-get -qq install -y --no-install-recommends $$program; \
		elif [ "$${CI:-}" = true ]; then \
			echo "The tests need $$program: apt-get install $$program" >&2; exit 1; \
		else \
			echo "LEFT OUT: the tests with $$program. For them: sudo apt-get install $$program"; \
		fi; \
	done

node_modules: package-lock.json
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(BIN)/uv: requirements/build.lock
	@if [ -z "$(PYTHON)" ]; then \
		echo "Matchmaker needs Python 3.11, 3.12 or 3.13, and none of them is here:" >&2; \
		echo "sudo apt-get install python3" >&2; \
		exit 1; fi
	@$(PYTHON) -m venv .venv || { \
		echo "Python cannot make .venv: sudo apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement requirements/build.lock
	@touch $@

# What is installed for `make test` is enough for `make run`, not the reverse.
.venv/run: $(BIN)/uv requirements/run.lock pyproject.toml
	@rm -f .venv/dev
	@$(UV) sync --quiet --require-hashes requirements/build.lock requirements/run.lock
	@$(UV) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: $(BIN)/uv requirements/dev.lock pyproject.toml
	@$(UV) sync --quiet --require-hashes requirements/build.lock requirements/dev.lock
	@$(UV) install --quiet --no-deps --no-build-isolation --editable .
	@touch .venv/run $@
