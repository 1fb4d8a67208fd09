# make demo     see what Keck says of a small shop, how it repairs it, then the service that it writes; needs only Python 3.11+
# make test     the suite with its coverage gates: Keck's own, and that of the service that `keck new` writes
# make test-long  what takes minutes: races, kills, schemathesis, every variant of the service
# make witnesses  plant faults into a service, one at a time, and see who sees each: its code, or the live app
# make lint     ruff: rules and format
# make types    mypy --strict
#
# Another Python: make PYTHON=python3.13 demo

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
STARTER := src/keck/starter
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-long witnesses lint types

demo: $(VENV)/keck.stamp
	@echo '$$ keck check examples/legacy-shop'
	@$(BIN)/keck check --no-cache examples/legacy-shop || test $$? -eq 1
	@echo
	@echo '$$ keck explain together/decorator-above-route'
	@$(BIN)/keck explain together/decorator-above-route
	@echo
	@$(BIN)/python tools/demo_fix.py
	@echo
	@$(BIN)/python tools/demo_service.py

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 2 -m 'not long' --cov --cov-report=term
	cd $(STARTER) && $(CURDIR)/$(BIN)/python -m pytest -n 2 --cov --cov-report=term

test-long: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -n 2 -m long

witnesses: $(VENV)/dev.stamp
	$(BIN)/python bench/witnesses.py

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy
	cd $(STARTER) && $(CURDIR)/$(BIN)/mypy

$(VENV)/keck.stamp: pyproject.toml requirements/test.txt | $(VENV)/python.stamp
	$(BIN)/python -m pip install --quiet --constraint requirements/test.txt --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/test.txt requirements/lint.txt requirements/live.txt $(VENV)/keck.stamp
	$(BIN)/python -m pip install --quiet --requirement requirements/dev.txt
	@touch $@

$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Keck needs Python 3.11 or newer: make PYTHON=python3.13 ...")'
	@echo 'Making $(VENV); this happens once.'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	@touch $@
