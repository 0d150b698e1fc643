# `make` builds the mirror in this folder; `make help` tells the rest. Needs Python 3.11 or newer, and make.

PYTHON ?= python3
# Words for the command: make serve ARGS="--port 8001", make test ARGS="-k outlets"
ARGS ?=

RUN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts/python.exe,bin/python)
# Only what the locks name, byte for byte. -qq: nothing but errors.
INSTALL := $(RUN) -m pip install -qq --disable-pip-version-check --require-hashes -r

.DEFAULT_GOAL := site
.DELETE_ON_ERROR:
.PHONY: site serve test test-long lighthouse bench bench-import bench-scale bench-deploy bench-profile bench-search check format lock clean help

site: .venv/site.stamp ## import seeds/ and build output/
	$(RUN) build.py $(ARGS)

serve: .venv/site.stamp ## build, serve the site to this machine, and follow every edit
	$(RUN) build.py serve $(ARGS)

test: check node_modules/nu.stamp ## all checks and tests, as CI runs them
	$(RUN) -m pytest -n auto --dist loadfile $(ARGS)

test-long: .venv/dev.stamp ## property tests with 40 times the examples
	$(RUN) -m pytest -n auto --dist loadfile -m hypothesis --hypothesis-profile=long $(ARGS)

lighthouse: .venv/site.stamp node_modules/lighthouse.stamp ## score an article, the front page and a list (ARGS="--runs 1")
	$(RUN) bench/lighthouse.py $(ARGS)

N ?= 10000
bench: .venv/site.stamp ## measure builds of N articles beside other generators, where they are installed (N=10000)
	$(RUN) bench/run.py $(N) $(ARGS)

bench-import: .venv/site.stamp ## measure the import: texts and pages a second, and the memory of a table (ARGS="--rows 0")
	$(RUN) bench/imports.py $(ARGS)

bench-scale: .venv/site.stamp ## measure what an article costs in mirrors of 1,000 to 100,000 (ARGS="1000 10000 1000000")
	$(RUN) bench/scale.py $(ARGS)

bench-deploy: .venv/dev.stamp ## measure deploys of 20,000 files to a folder, git, rsync and S3 (ARGS="--to rsync")
	$(RUN) bench/deploy.py $(ARGS)

bench-profile: .venv/site.stamp ## tell where the time of a first build of N articles goes (N=10000)
	$(RUN) bench/profile.py $(N) $(ARGS)

bench-search: .venv/dev.stamp ## measure the search index beside Pagefind, and what queries ask of a host (ARGS="10000")
	$(RUN) bench/search.py $(ARGS)

check: .venv/dev.stamp ## format, lint and types only
	$(RUN) -m ruff format --check
	$(RUN) -m ruff check
	$(RUN) -m mypy

format: .venv/dev.stamp ## format the code and mend what the linter can mend
	$(RUN) -m ruff check --fix-only --quiet
	$(RUN) -m ruff format

# --universal: one lock for every platform and every Python from 3.11 on. The first file constrains the second, so that
# the tests run what users run. What is locked stays as it is while pyproject.toml admits it; for newer versions:
# make lock ARGS=--upgrade
LOCK := $(RUN) -m uv pip compile pyproject.toml --all-extras --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

lock: .venv/dev.stamp ## write requirements.lock and requirements-dev.lock anew from pyproject.toml
	$(LOCK) --output-file requirements.lock $(ARGS)
	$(LOCK) --output-file requirements-dev.lock --group dev --constraint requirements.lock $(ARGS)

clean: ## remove what can be made again: output/, .cermin/, .venv/, node_modules/ and the caches of tools
	rm -rf output .cermin .venv node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis dist

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'error: $(PYTHON) is not Python 3.11 or newer' >&2; \
		echo 'hint: name one, for example `make PYTHON=python3.12`' >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { \
		rm -rf .venv; echo 'hint: on Debian and Ubuntu, `apt install python3-venv`' >&2; exit 1; }
	@rm -f .venv/*.stamp

# The stamps tell what .venv holds, so that a second run starts at once. The interpreter is no more than an order-only
# need: its date is that of the system's Python.
.venv/site.stamp: requirements.lock | $(RUN)
	$(INSTALL) requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock | $(RUN)
	$(INSTALL) requirements-dev.lock
	@touch $@ .venv/site.stamp

# What is no Python, byte for byte as package-lock.json says. `npm ci` empties the folder, the stamps with it.
NPM := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

node_modules/nu.stamp: package-lock.json
	@if command -v npm >/dev/null; then $(NPM) --omit=dev >/dev/null && touch $@; \
		else echo 'note: no npm, so the tests leave the Nu Html Checker out' >&2; fi

node_modules/lighthouse.stamp: package-lock.json
	@$(NPM) >/dev/null
	@touch $@ node_modules/nu.stamp
