# Two commands do everything on a fresh machine: `make build-m3ds` and `make test`.
PYTHON   ?= python3
PIPELINE ?= pipelines/mini.yaml
VENV     := .venv
BIN      := $(VENV)/bin
WORKERS  ?= 2

.PHONY: help build-m3ds test test-all test-vllm check format bench clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build-m3ds: $(VENV)/.installed ## Install if needed, and build PIPELINE (default pipelines/mini.yaml)
	@$(BIN)/m3ds build -p $(PIPELINE) $(ARGS)

test: $(VENV)/.installed-dev ## Run the tests (set M3DS_REAL_SAMPLES to try real upstream files too)
	$(BIN)/python -m pytest -m "not slow and not vllm" -n $(WORKERS)

test-all: $(VENV)/.installed-dev ## Run the slow tests too, as CI does
	$(BIN)/python -m pytest -m "not vllm" -n $(WORKERS)

test-vllm: $(VENV)/.installed-dev .venv-vllm/.installed ## Run the tests against a real vLLM server, on the CPU
	$(BIN)/python -m pytest -m vllm tests/vllm

check: $(VENV)/.installed-dev ## Lint, types, and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## Let ruff put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed-dev ## Measure how soon it starts, and how well it uses model servers
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/driver.py

clean: ## Remove what was built (build/), not what was installed
	rm -rf build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# A marker is newer than what it was installed from, or the install is run again. What pip only links
# it does not compile, which the first command would wait for.
$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	$(BIN)/python -m compileall -q m3ds
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	$(BIN)/python -m compileall -q m3ds
	@touch $@ $(VENV)/.installed

.venv-vllm/.installed: tests/vllm/install.sh tests/vllm/requirements.txt tests/vllm/torchvision_shim.py
	tests/vllm/install.sh $(@D) $(PYTHON)
	@touch $@
