# Two commands on a fresh machine with Python 3.11 or newer: `make chat` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# On all cores, each file of tests on one: its fixtures are made once.
PARALLEL := -n auto --dist loadfile

# What uses each dependency: an index, answers, the chat page, both servers, notes of each format, models, evaluation.
USES := $(addprefix tests/test_,dependencies.py store.py vectors.py binder.py cli_ask.py web.py api.py api_docs.py mcp.py \
  docx.py html.py pdf.py terms.py models.py embedding.py report.py gold.py completion.py)
# The programs that resolve versions and audit them; each is installed only where it is used.
UV := uv==0.13.9
PIP_AUDIT := pip-audit==2.10.1
AUDIT ?=

.PHONY: chat test check lint types lowest newest audit clean

chat: $(VENV)/.chat
	$(BIN)/python app.py

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(PARALLEL)

# What takes time is measured alone; the gold sets are compared with their baselines last.
check: lint types test lowest
	$(BIN)/python -m pytest -m slow
	$(BIN)/python -m pytest evals

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

# The lowest versions that pyproject.toml allows, with what these bring at constraints.txt's at most.
lowest: RESOLUTION := --resolution lowest-direct --constraint $(VENV)-lowest/indirect.txt
# The newest that it allows, of all. What they are changes with each day, so that CI has constraints.txt for it.
newest: RESOLUTION := --resolution highest

lowest newest: $(VENV)/.dev
	$(PYTHON) -m venv --clear $(VENV)-$@
	$(VENV)-$@/bin/python -m pip install --quiet $(UV)
	$(BIN)/python -m tests.dependencies --indirect > $(VENV)-$@/indirect.txt
	$(VENV)-$@/bin/uv pip compile --quiet pyproject.toml --extra dev --extra anthropic --extra google $(RESOLUTION) \
	  --python $(VENV)-$@/bin/python --no-header --no-annotate --output-file $(VENV)-$@/all.txt
# pip chooses the build of torch, as it does for $(VENV): another program may know only those with CUDA.
	grep -vE '^(torch|triton|nvidia-.*|cuda-.*)==' $(VENV)-$@/all.txt > $(VENV)-$@/versions.txt
	$(VENV)-$@/bin/python -m pip install --quiet --no-compile --constraint $(VENV)-$@/versions.txt \
	  "$$(grep '^torch==' $(VENV)-$@/all.txt)"
	$(VENV)-$@/bin/uv pip install --quiet --no-deps --python $(VENV)-$@/bin/python \
	  --requirement $(VENV)-$@/versions.txt --editable .
	$(VENV)-$@/bin/python -m pip check
	QA_CACHE=$(abspath $(VENV)-$@/cache) $(VENV)-$@/bin/python -m pytest $(PARALLEL) $(USES)

# Needs the network. What pip-audit finds, and what it could not look up, is told by the exit code too.
audit: $(VENV)/.dev
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet $(PIP_AUDIT)
	$(BIN)/python -m tests.auditing $(VENV)-audit/bin/pip-audit $(AUDIT)

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
	rm -rf $(VENV) $(VENV)-* build dist *.egg-info
