# Two commands on a fresh machine with Python 3.11 or newer: `make chat` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# On all cores, each file of tests on one: its fixtures are made once.
PARALLEL := -n auto --dist loadfile

.PHONY: chat test check lint types clean

chat: $(VENV)/.chat
	$(BIN)/python app.py

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(PARALLEL)

# What takes time is measured alone; the gold sets are compared with their baselines last.
check: lint types test
	$(BIN)/python -m pytest -m slow
	$(BIN)/python -m pytest evals

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

$(VENV)/.chat: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[chat]"
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	touch $@ $(VENV)/.chat

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) build dist *.egg-info
