# make demo: play it in the browser.  make test: all tests.  Everything else: make help.
PYTHON_BIN = .venv/bin/python
PORT ?= 8765

.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint check words bench lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 10

setup:
	@.ci/setup

demo: setup  ## play the programme in the browser, without a Telegram account
	@exec $(PYTHON_BIN) -m bot demo --port $(PORT)

run: setup  ## serve on Telegram (BOT_TOKEN in .env or the environment)
	@exec $(PYTHON_BIN) -m bot run

test: setup  ## all tests; those in the browser where Chromium is installed
	$(PYTHON_BIN) -m pytest

lint: setup  ## format, lint, types, import contracts, catalogues
	$(PYTHON_BIN) -m ruff format --check .
	$(PYTHON_BIN) -m ruff check .
	$(PYTHON_BIN) -m mypy
	.venv/bin/lint-imports
	$(PYTHON_BIN) -m locales check

check: lint test  ## all of lint, then all tests

words: setup  ## bring the catalogues in step with the sources
	$(PYTHON_BIN) -m locales extract

bench: setup  ## measure this bot beside PTB and aiogram, as ratios in one run
	@exec $(PYTHON_BIN) -m tests.bench

lock: setup  ## write the lock files anew after a change in pyproject.toml
	@.ci/lock

clean:  ## remove what was made, the virtual environment included
	rm -rf .venv .venv-install.log .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
