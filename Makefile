# Everything here needs make and Python 3.11, 3.12 or 3.13, and sets up the rest by itself under .venv and .cache.

PYTHON := .venv/bin/python
INSTALLED := .venv/.installed
# One worker a core of a small machine; `make test WORKERS=8` on a bigger one, WORKERS=0 to debug.
WORKERS ?= 2
# Further words for pytest: `make test ARGUMENTS="-k bonus -x"`.
ARGUMENTS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check serve bench soak docs catalogues screenshots clean services

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

demo: $(INSTALLED) ## run a small market with requesters, workers and tasks to look at
	@.venv/bin/kempelen demo

test: check services ## run all checks and all tests, on SQLite and on PostgreSQL
	@$(PYTHON) -m pytest -n $(WORKERS) --dist worksteal $(ARGUMENTS)

check: $(INSTALLED) ## check style, types, who imports whom, and the house rules
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@PYTHONPATH=src:tests .venv/bin/lint-imports
	@$(PYTHON) -m pytest -q tests/test_house.py

serve: $(INSTALLED) ## run the server on this machine
	@.venv/bin/kempelen serve

bench: services ## measure speed, and say how it was measured
	@$(PYTHON) bench/run.py

soak: services ## run the long tests, in parts that go on where they were stopped
	@PYTHONPATH=tests $(PYTHON) -m soak

docs: $(INSTALLED) ## write the generated pages of the documentation
	@$(PYTHON) docs/generate.py

catalogues: $(INSTALLED) ## gather the texts of the pages, and bring their translations up to date
	@$(PYTHON) environment/catalogues.py

screenshots: services ## take every page of the worker site for the documentation
	@PYTHONPATH=tests:environment $(PYTHON) docs/screenshots.py

clean: ## remove what the other targets have made, .venv and .cache too
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find src tests bench docs environment -name __pycache__ -prune -exec rm -rf {} +

# What the tests run against besides our own code; each says what it does only when there is something to do.
services: $(INSTALLED)
	@$(PYTHON) environment/find_postgres.py
	@$(PYTHON) environment/find_chromium.py
	@$(PYTHON) environment/prepare_node.py
	@$(PYTHON) environment/prepare_aws_command.py

$(INSTALLED): pyproject.toml environment/install.py
	@for python in python3.13 python3.12 python3.11 python3; do \
		if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
		then exec $$python environment/install.py; fi; \
	done; \
	echo 'No Python 3.11, 3.12 or 3.13 found on the PATH: install one of them, then call make again.' >&2; exit 1
