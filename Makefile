# From a bare Python >= 3.11: `make study` runs the main study, `make test` every quick check, `make reports` all studies.
# Each makes .venv where there is none, and installs again only where pyproject.toml or constraints.txt changed.

STUDY := studies/depth_vs_mse.yaml
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt

.PHONY: help study test reports clean

help:
	@sed -n '1,2s/^# //p' Makefile

study: .venv/installed
	$(BIN)/python -m lnnstats run $(STUDY)
	@ls -td runs/$(basename $(notdir $(STUDY)))-*/report.html | head -n 1 | sed "s|^|The report is at $(CURDIR)/|"

test: .venv/installed-test
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -n auto

# The rendered evidence of the shipped studies, without their raw rows, and of the syntheses. The studies of
# seed 2 want CIFAR-10 (docs/data.md).
reports: .venv/installed
	for study in studies/*.yaml; do \
	    name=$$(basename $$study .yaml); \
	    $(BIN)/python -m lnnstats run $$study --out runs/reports/$$name && $(MAKE) --silent report-$$name || exit 1; \
	done
	for seed in seed1 seed2; do \
	    $(BIN)/python -m lnnstats synthesize studies/synthesis/$$seed.yaml --runs runs/reports --out runs/reports/$$seed \
	        && $(MAKE) --silent report-$$seed || exit 1; \
	done

report-%:
	rm -rf reports/$* && mkdir -p reports/$*
	cd runs/reports/$* && cp -r report.html report.tex figures $$(ls verdicts.json synthesis.json 2>/dev/null) ../../../reports/$*/

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/installed-test: .venv/installed
	@echo "Installing the test tools ..."
	@$(PIP) --editable '.[test]'
	@touch $@

# torch goes first: its version decides the size of everything else, and a failure to fetch it should show at once.
.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the packages that constraints.txt names into .venv (a minute, about 2 GB) ..."
	@$(PIP) torch
	@$(PIP) --editable .
	@touch $@

.venv/bin/python:
	@for candidate in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	    if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "Making .venv with $$($$candidate --version)"; exec $$candidate -m venv .venv; \
	    fi; \
	done; \
	echo "No Python >= 3.11 found (looked for python3.11, python3, ..., python). Install one and run make again." >&2; exit 1
