# make demo     see what Keck says of a small shop; needs Python 3.11 or newer and nothing else
# make test     the whole suite with its coverage gate
# make lint     ruff: rules and format
# make types    mypy --strict
#
# Another Python: make PYTHON=python3.13 demo

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test lint types

demo: $(VENV)/keck.stamp
	@echo '$$ keck check examples/legacy-shop'
	@$(BIN)/keck check --no-cache examples/legacy-shop || test $$? -eq 1
	@echo
	@echo '$$ keck explain together/decorator-above-route'
	@$(BIN)/keck explain together/decorator-above-route

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

$(VENV)/keck.stamp: pyproject.toml requirements/test.txt | $(VENV)/python.stamp
	$(BIN)/python -m pip install --quiet --constraint requirements/test.txt --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/test.txt requirements/lint.txt $(VENV)/keck.stamp
	$(BIN)/python -m pip install --quiet --requirement requirements/dev.txt
	@touch $@

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Keck needs Python 3.11 or newer: make PYTHON=python3.13 ...")'
	@echo 'Making $(VENV); this happens once.'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	@touch $@
