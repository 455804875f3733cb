PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
VAR ?= var

.PHONY: run test quick test-postgresql fresh-debian check ci demo setup tools

# granian in a session of its own: its worker hangs when Ctrl-C reaches it beside the signal that granian sends it.
SERVER := $(BIN)/python -c "import os, sys; os.setsid(); os.execv(sys.argv[1], sys.argv[1:])" $(BIN)/granian \
	--interface wsgi --host 127.0.0.1 --port $(PORT) --blocking-threads 4 --no-access-log --log-level warning \
	--workers-kill-timeout 5 \
	aggregator.wsgi:application
END_TOGETHER := trap 'kill $$server $$loop 2>/dev/null; wait' EXIT; trap 'exit 130' INT TERM HUP;

# The server, and beside it the loop that polls sources; both end together.
run: $(VAR)/prepared
	@echo "Serving http://127.0.0.1:$(PORT)/ — stop with Ctrl-C"
	@$(END_TOGETHER) $(BIN)/python manage.py run & loop=$$!; $(SERVER) & server=$$!; wait $$server

demo: .venv/run
	@VAR_DIR=$(VAR)/demo $(BIN)/python manage.py prepare
	@VAR_DIR=$(VAR)/demo $(BIN)/python manage.py demo --articles 600
	@echo "Serving the demo at http://127.0.0.1:$(PORT)/ — stop with Ctrl-C"
	@$(END_TOGETHER) VAR_DIR=$(VAR)/demo $(SERVER) & server=$$!; wait $$server

setup: .venv/run

test: .venv/dev
	$(BIN)/python -m pytest -n auto

# What can be asked after every change, in under a minute; `make test` is the whole.
quick: .venv/dev
	$(BIN)/python -m pytest -n auto -m "not browser and not nginx and not corpus and not thorough"

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

# The whole suite once more on a PostgreSQL of its own, where one is installed.
test-postgresql: .venv/dev
	$(BIN)/python -m tests.on_postgresql -n auto -m "not browser and not corpus"

# What the browser, PostgreSQL, nginx and Debian parts need, where it can be installed; else those parts say that they are skipped.
tools:
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium) || echo "no chromium: its tests will be skipped"
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || (apt-get update -qq && apt-get install -qq -y --no-install-recommends postgresql) || echo "no PostgreSQL: its tests will be skipped"
	@command -v nginx >/dev/null || (apt-get update -qq && apt-get install -qq -y --no-install-recommends nginx-light) || echo "no nginx: its tests will be skipped"
	@command -v debootstrap >/dev/null || (apt-get update -qq && apt-get install -qq -y --no-install-recommends debootstrap) || echo "no debootstrap: fresh Debian trees will be skipped"

# `make run` and `make test` on fresh Debian 12 and 13 trees, where those can be made.
fresh-debian: .venv/dev
	$(BIN)/python -m tests.soak.fresh_debian

ci: tools check test test-postgresql fresh-debian

# By venv where Python has all of it (Debian leaves it out), else by virtualenv, for which pip is enough.
.venv/bin/python:
	@if $(PYTHON) -c "import ensurepip" 2>/dev/null; then $(PYTHON) -m venv .venv; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m pip install --quiet --target .venv/virtualenv virtualenv && \
		PYTHONPATH=.venv/virtualenv $(PYTHON) -m virtualenv --quiet .venv; \
	else echo "Python with venv or pip is missing; on Debian: apt-get install python3 python3-venv" >&2; exit 1; fi

.venv/run: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/run

$(VAR)/prepared: .venv/run $(wildcard seeds/* articles/migrations/*.py static/*/*)
	@mkdir -p $(VAR)
	@$(BIN)/python manage.py prepare
	-@$(BIN)/python manage.py cache_images --seconds 20
	@touch $@
