# Two commands are all a newcomer needs: `make` and `make test`. Each wraps plain commands, which the README lists.
PYTHON ?= python3
# not nproc, which counts the threads of OMP_NUM_THREADS where that is set
CORES ?= $(shell getconf _NPROCESSORS_ONLN)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: all install cluster test torture smoke lint bench budget schema docs site lock clean

# first a table of theory, 17 s of processor time from nothing, and then one of 44 jobs
all: install
	$(BIN)/snakemake --cores $(CORES) --prioritize results/tables/zhu2024_rules.parquet results/tables/feng2024_table1.parquet

install: $(VENV)/.installed

# a stamp that depends on the locks, so that a changed one installs again. pip takes no file whose sha256 they have not; torch
# is the build for CPUs where pip finds it, as with PyTorch's own index in its settings, and else PyPI's
$(VENV)/.installed: requirements.lock envs/torch.lock envs/torch_cpu.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement envs/torch_cpu.lock 2> /dev/null || \
	    $(BIN)/pip install --quiet --no-deps --require-hashes --requirement envs/torch.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

# Snakemake's plugins for Slurm and Kubernetes, which tests of their profiles need
cluster: $(VENV)/.cluster

$(VENV)/.cluster: $(VENV)/.installed envs/cluster.lock
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement envs/cluster.lock
	touch $@

# one file of tests more side by side than there are cores, since some wait; the longest first (tests/conftest.py)
test: install cluster
	$(BIN)/pytest -n $$(($(CORES) + 1)) --dist loadfile --no-loadscope-reorder

# a hundred random kill -9 of jobs, of Snakemake and of both; in the end every artifact must be as if undisturbed. And
# two checkouts with one store while files change and jobs are killed; every system call of a job fails in every way; every
# key of the config at six values, and what is accepted is run: hours
torture: install
	$(BIN)/python tests/workflow/torture.py --kills 100
	$(BIN)/python tests/unit/jobs/histories.py --operations 10000
	EVERY_FAULT=1 TOTALITY=6 $(BIN)/pytest tests/unit/jobs/test_failing_calls.py tests/unit/config/test_config_totality.py
	$(BIN)/python tests/unit/config/totality_runs.py --values 6

smoke: install
	$(BIN)/snakemake --cores $(CORES) --configfile scales/smoke.yaml

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

# all benchmarks, ratios within one run each, into benchmarks/RESULTS.md: half an hour on an idle machine. Some of them:
# make bench BENCHMARKS="training streaming"
bench: install
	$(BIN)/python benchmarks/run.py $(BENCHMARKS)

# what the default's parts took, after `make` in a fresh clone on two idle cores, into workflow/budget/ and docs/scales.md
budget: install
	$(BIN)/python -m uncollapse.offline.budget

# the config's JSON schema and the page of all its keys, after a change of its types; the environment file of
# --sdm conda, after a change of requirements.lock
schema: install
	$(BIN)/python -m uncollapse.config.schema > workflow/schemas/config.schema.json
	$(BIN)/python -m uncollapse.config.readme > config/README.md
	$(BIN)/python -m uncollapse.config.conda_environment > envs/jobs.yaml

# the page of all stages, after a change of what kinds of experiments declare
docs: install
	$(BIN)/python -m uncollapse.planning.stages > docs/stages.md

# the pages and the library's docstrings as a site, into site/; a link that leads nowhere is an error. Its packages lie in
# an environment of their own, since nothing else needs them
site: .venv-site/.installed
	NO_MKDOCS_2_WARNING=1 .venv-site/bin/python scripts/build_site.py

.venv-site/.installed: envs/site.txt
	$(PYTHON) -m venv .venv-site
	.venv-site/bin/pip install --quiet --requirement envs/site.txt
	touch $@

# hashes of all files of the locked versions, after a change of versions in requirements.lock, envs/cluster.lock or
# envs/torch.lock; make schema after it
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet uv==0.13.9
	PATH=$(CURDIR)/.venv-lock/bin:$$PATH .venv-lock/bin/python scripts/hash_lock.py

# all results but the store, from which they come back in seconds
clean:
	rm -rf .snakemake
	if [ -d results ]; then find results -mindepth 1 -maxdepth 1 ! -name .store -exec rm -rf {} +; fi
