# Two commands for a fresh Debian or Ubuntu machine with Python 3.11 to 3.14, pip, make and git:
#   make run    sets everything up (without torch) and opens the window, or plays the demo
#   make test   adds what tests need and runs them
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell scripts/find_python.sh)
# A CPU build where one is at hand; anything newer elsewhere. CI pins it, users need not.
TORCH ?= torch==2.13.0

.PHONY: run test test-slow lint wheels bundle clean

run: $(VENV)/base.ok
	@scripts/run_main_job.sh $(BIN)

# Two files of tests at a time, one thread of arithmetic each. What is compiled is kept: tests start hundreds of processes.
TESTS := PYTHONDONTWRITEBYTECODE= QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1 $(BIN)/python -m pytest
test: $(VENV)/test.ok
	$(TESTS) -n 2 --dist loadfile

# What only computes goes two files at a time; real servers and windows have the machine to themselves.
COMPUTING := tests/trainer tests/test_readme.py
test-slow: $(VENV)/test.ok
	$(TESTS) -m slow -n 2 --dist loadfile $(COMPUTING)
	$(TESTS) -m slow $(addprefix --ignore=,$(COMPUTING))

lint: $(VENV)/test.ok
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Does uv.lock belong to pyproject.toml, and do wheels alone install it on every system and Python?
wheels: $(VENV)/test.ok
	$(BIN)/uv lock --check
	$(BIN)/python scripts/resolve_wheels.py

# A folder that runs on a Linux without Python (dist/jaka-to-melodia and its .tar.xz), from wheels, and started once.
BUNDLE := build/bundle
bundle: $(VENV)/base.ok
	scripts/system_libraries.sh play bundle
	$(BIN)/uv build --quiet --wheel --out-dir $(BUNDLE)/wheel
	$(EXPORT) $(BUNDLE)/locked.txt --no-dev --group bundle --prune onnxruntime-gpu
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(BUNDLE)/venv
	$(BIN)/uv pip install --quiet --python $(BUNDLE)/venv --no-deps --requirement $(BUNDLE)/locked.txt
	$(BIN)/uv pip install --quiet --python $(BUNDLE)/venv --no-deps $(BUNDLE)/wheel/*.whl
	$(BUNDLE)/venv/bin/pyinstaller --noconfirm --log-level WARN --workpath $(BUNDLE)/work scripts/bundle/jaka-to-melodia.spec
	$(BIN)/python scripts/bundle/smoke_test.py dist/jaka-to-melodia
	XZ_OPT=-3 tar --directory dist --create --xz --file dist/jaka-to-melodia.tar.xz jaka-to-melodia

# What uv.lock names, checked by its checksums; all of it is listed, so that nothing is resolved here.
# uv is five times as quick; pip knows the mirror that is set up for pip where there is one.
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
LOCKED = $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --requirement $(1) || \
  $(INSTALL) --no-deps --requirement $(1)
EXPORT := $(BIN)/uv export --frozen --quiet --no-emit-project --no-header --no-annotate --output-file

$(VENV)/base.ok: pyproject.toml uv.lock scripts/system_libraries.sh
	@test -n "$(PYTHON)"
	scripts/system_libraries.sh play
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) uv
	$(EXPORT) $(VENV)/base.txt --no-dev
	$(call LOCKED,$(VENV)/base.txt)
	$(INSTALL) --no-deps --editable .
	@touch $@

# torch stands apart: $(TORCH) may be a build for the CPU, which has another checksum.
$(VENV)/test.ok: $(VENV)/base.ok
	scripts/system_libraries.sh play test
	$(INSTALL) $(TORCH) || $(INSTALL) torch
	$(EXPORT) $(VENV)/test.txt --extra train --prune torch
	$(call LOCKED,$(VENV)/test.txt)
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
