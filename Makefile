# make run   set up, make or open the sample year, serve it on 127.0.0.1:8000
# make test  set up and pass every test: both databases, browser, documents
# make check lint, types, layers, migrations, translations

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export TAIZHANG_HOME ?= $(CURDIR)/var
PORT ?= 8000

.PHONY: run test check format bench setup setup-dev clean

run: $(VENV)/.ready
	$(BIN)/taizhang demo --port $(PORT)

test: $(VENV)/.ready-dev
	$(BIN)/python tests/prepare.py
	$(BIN)/python tests/run.py $(ARGS)

check: $(VENV)/.ready-dev
	$(BIN)/python tests/prepare.py --gettext
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src
	$(BIN)/lint-imports
	$(BIN)/taizhang manage makemigrations --check --dry-run
	$(BIN)/python tests/check_translations.py

format: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.ready-dev
	for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file || exit 1; done

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/.ready: requirements/base.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) build dist
