# The two commands: `make run` starts the app, `make test` checks everything.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: run test
run: $(VENV)/.installed
	@exec $(PY) app.py

test: $(VENV)/.installed-dev
	@scripts/ensure_browser.sh $(PY)
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest -n 2 --dist loadfile  # two at a time: most tests wait for a browser or a disk

$(VENV)/.installed: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Dragon needs Python 3.11 or newer; %s is %d.%d. Say: make run PYTHON=python3.12" % ((sys.executable,) + sys.version_info[:2]))'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the app needs; the first time this takes some minutes ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@
