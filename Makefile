# Superbill. Every target sets up .venv by itself when that is needed; `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.PHONY: help demo test app eval bench lint audit sbom wheel chaos load fuzz clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(STAMP) ## The whole chain on shipped samples: note, codes, claim, remittance, explanation
	@$(BIN)/superbill demo

app: $(STAMP) ## The web app on http://127.0.0.1:7860
	@$(BIN)/superbill serve

test: $(STAMP) ## All tests
	@echo "Running the tests (the first run builds a code index, about two minutes)"
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup

eval: $(STAMP) ## Measure how often Superbill is right
	@$(BIN)/superbill eval run all

bench: $(STAMP) ## Measure speed and memory
	@for part in bench bench_claims bench_chat bench_model bench_batch bench_page; do $(BIN)/python -m evals.$$part || exit 1; done

lint: $(STAMP) ## ruff, mypy and the import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

chaos: $(STAMP) ## Hostile files at every door and 270 kills of running work (about half an hour; KILLS=n at each of 10 stations)
	@$(BIN)/python -m tests.chaos --kills $(or $(KILLS),27)
	@$(BIN)/python -m tests.chaos.table

load: $(STAMP) ## Many people deciding at once, on SQLite and PostgreSQL (about two minutes)
	@$(BIN)/python -m tests.chaos.load
	@$(BIN)/python -m tests.chaos.table

fuzz: $(STAMP) ## Fuzz every reader and the guard, going on where the last run stopped (SECONDS_EACH_RUN=3600)
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS_EACH_RUN),3600) --executions $(or $(EXECUTIONS),10000000)
	@$(BIN)/python -m tests.chaos.table

# pip first (older ones cannot resolve the set), then torch by its own pin, then everything by constraints.txt
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" || { echo "Superbill needs Python 3.11; install it or say make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing packages into $(VENV) (a few minutes the first time)"
	@$(PIP) install --upgrade "pip==26.3"
	@$(PIP) install -c constraints.txt "torch==2.13.0"
	@$(PIP) install -c constraints.txt -e ".[dev]"
	@touch $@

audit: $(STAMP) ## Known advisories against the pinned packages
	@$(BIN)/python .ci/audit

sbom: $(STAMP) ## What is installed, as CycloneDX (dist/superbill.cdx.json)
	@mkdir -p dist
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --of JSON -o dist/superbill.cdx.json $(VENV)
	@echo "Wrote dist/superbill.cdx.json"

wheel: $(STAMP) ## The wheel, in dist/
	@$(PIP) wheel --no-deps --no-build-isolation -w dist .
	@ls dist/superbill-*.whl

clean: ## Remove .venv and caches (the data folder of `superbill` stays)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .superbill
