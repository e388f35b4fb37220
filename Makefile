# Every command of the project. CI calls these and nothing else; each one sets up what it needs.

PORT ?= 8080
VENV ?= .venv
PYTEST_ARGS ?=
# With more of them than cores, sound that a test plays comes late. A few tests are sooner done without any.
WORKERS ?= $(if $(PYTEST_ARGS),0,2)
BIN := $(VENV)/bin
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo demo-panel demo-reflex test lint format types layers tables bench baseline slow soak peers frameworks matrix clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.demo-ready ## serve the demo page (PORT=8080), no key and no network needed
	@exec $(BIN)/python -m realtime_rx_nicegui --port $(PORT)

demo-panel: $(VENV)-panel/.ready ## serve the demo as a Panel app (PORT=8080)
	@exec $(VENV)-panel/bin/python -m realtime_rx_panel --port $(PORT)

demo-reflex: $(VENV)-reflex/.ready ## build and serve the demo as a Reflex app (PORT=8080)
	@mkdir -p .cache/reflex && cp -R examples/reflex_chat .cache/reflex/
	@exec tools/reflex $(VENV)-reflex .cache/reflex/reflex_chat run --env prod --single-port \
		--frontend-port $(PORT) --backend-port $(PORT) --backend-host 127.0.0.1

test: $(VENV)/.dev-ready ## run every test but the slow ones, peers and frameworks (PYTEST_ARGS="-k name" narrows it)
	@tools/browser
	@tools/sound
	@tools/flite
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not peers and not slow and not frameworks" $(PYTEST_ARGS)

lint: $(VENV)/.dev-ready ## check style and formatting with ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.dev-ready ## apply what lint can repair by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(VENV)/.dev-ready ## check the types, strictly, with pyright
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

layers: $(VENV)/.dev-ready ## check that imports only point downwards
	@$(BIN)/lint-imports --no-logo

tables: $(VENV)/.dev-ready ## write the README's tables, of providers and of speed, from their data
	@$(BIN)/python -m tools.capabilities
	@$(BIN)/python -m benchmarks.readme

bench: $(VENV)/.dev-ready ## measure speed and memory beside the peers (ALL=1: of pages, bindings and speech, too)
	@$(BIN)/python -m benchmarks $(if $(ALL),--all,--bench) $(BENCH_ARGS)

slow: $(VENV)/.dev-ready ## run what takes minutes: two faults at every point, 100,000 steps of the models, a short soak
	@$(BIN)/python -m pytest -m slow $(PYTEST_ARGS)

baseline: $(VENV)/.dev-ready ## count what each kind of event costs, and accept it as what it may cost
	@$(BIN)/python -m benchmarks.instructions --renew

soak: $(VENV)/.dev-ready ## have 200 sessions at once for two minutes, with drops, and print what they cost
	@$(BIN)/python -m benchmarks.soak

peers: $(VENV)/.dev-ready ## run official clients, each in its own environment, against the embedded provider (slow)
	@tools/browser
	@tools/flite
	@$(BIN)/python -m pytest -m peers tests/peers $(PYTEST_ARGS)

frameworks: $(VENV)/.dev-ready ## test the bindings of other UI frameworks, each in its own environment (slow)
	@tools/browser
	@tools/flite
	@tools/redis
	@$(BIN)/python -m pytest -m frameworks tests/frameworks tests/bindings/contract $(PYTEST_ARGS)

matrix: $(VENV)/.dev-ready ## test the bindings with the oldest and the newest of their frameworks (very slow)
	@tools/browser
	@tools/flite
	@tools/redis
	@NEWER=$$(tools/newer-python) $(BIN)/python -m tests.frameworks.matrix $(PYTEST_ARGS)

clean: ## remove the environments, caches and builds
	rm -rf .venv .venv-* .cache build dist *.egg-info
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage .nicegui
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.demo-ready: pyproject.toml tools/environment
	@tools/environment $(VENV) nicegui,local
	@touch $@

$(VENV)-panel/.ready: pyproject.toml tools/environment
	@tools/environment $(VENV)-panel panel,local
	@touch $@

$(VENV)-reflex/.ready: pyproject.toml tools/environment
	@tools/environment $(VENV)-reflex reflex,local
	@touch $@

# What the demo needs is part of what development needs, so this one answers for both.
$(VENV)/.dev-ready: pyproject.toml tools/environment
	@tools/environment $(VENV) dev
	@touch $@ $(VENV)/.demo-ready
