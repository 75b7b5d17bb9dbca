# Every target sets up what it needs; PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
SAMPLE ?= build/sample
OUTSIDE ?= build/outside
EXPORTS ?= build/exports
# WITHOUT=--without-durable leaves durable_rules out, as happens by itself where there is no compiler.
WITHOUT ?=
INSTALL = $(BIN)/python tools/install.py $(WITHOUT)

# The tests of what decides one household; all others are about what is around it.
DECIDING = $(patsubst %,tests/test_%.py,api arrears boundaries branches casefile change_reasons cli compare \
	condition_display condition_notation condition_words conformance decision durable engine explanation facts language \
	mistakes outlook own_policies own_situations policy policy_warnings portfolio privacy rule_documents \
	rules_properties sample screening semantics_tables tenancy timeline toml_places undecided)

.PHONY: demo test test-all check coverage equality bench mutants torture docs dist clean

# One stamp per set of dependencies, so that `make demo` installs no more than a user needs.
$(VENV)/user.stamp: pyproject.toml tools/install.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 demo")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) cli cases
	@touch $@

$(VENV)/dev.stamp: $(VENV)/user.stamp
	$(INSTALL) all --group dev
	@touch $@

$(VENV)/bench.stamp: $(VENV)/dev.stamp
	$(INSTALL) all --group dev --group bench
	@touch $@

$(VENV)/spark.stamp: $(VENV)/dev.stamp
	$(INSTALL) spark
	@touch $@

$(VENV)/mutants.stamp: $(VENV)/dev.stamp
	$(INSTALL) all --group mutants
	@touch $@

# The story of one family in an invented town: exports as they are, a ledger of 2,000 tenancies, the referral
# that a person confirms, the help and the plan, to the evaluated year. Each command is shown as it is typed.
demo: $(VENV)/user.stamp
	@rm -rf $(SAMPLE) $(OUTSIDE) $(EXPORTS)
	@$(BIN)/python tools/demo.py $(SAMPLE) $(OUTSIDE) $(EXPORTS)

# TESTS takes some of them: make test TESTS='$(DECIDING)'
# Properties are tried on 20 examples each here, and on 100 by `make test-all`.
test: $(VENV)/dev.stamp
	HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-quick} $(BIN)/python -m pytest --numprocesses=auto $(TESTS)

# With those marked slow: whole portfolios in every library, crashes, real servers.
test-all: $(VENV)/dev.stamp
	$(BIN)/python -m pytest --numprocesses=auto -m "" $(TESTS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/basedpyright --pythonpath $(BIN)/python --project tests/typing
	$(BIN)/lint-imports

# Branch coverage of what decides must be 100 %, by the tests that are about it.
coverage: $(VENV)/dev.stamp
	rm -f .coverage .coverage.*
	HYPOTHESIS_PROFILE=steady $(BIN)/coverage run -m pytest --quiet --numprocesses=auto $(DECIDING)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=100 --include='*/huurschuld/rules/*,*/huurschuld/decisions/decision.py'

# The documentation is Markdown; what it shows is run, and held against the code.
docs: $(VENV)/dev.stamp
	$(BIN)/python -m pytest README.md docs

# What a release is made of, built and tried in an environment of its own: docs/releasing.md.
dist: $(VENV)/dev.stamp
	rm -rf dist build/dist
	$(BIN)/hatchling build
	$(PYTHON) -m venv build/dist
	build/dist/bin/python -m pip install --quiet --disable-pip-version-check "$$(ls dist/*.whl)[cli]"
	cd build && dist/bin/huurschuld --version && dist/bin/huurschuld policies

# The columnar engine against the reference engine on 10,000 tenancies in every library, and a cluster of Spark,
# which needs Java.
equality: $(VENV)/spark.stamp
	HUURSCHULD_TEST_PORTFOLIO=10000 HUURSCHULD_TEST_LIBRARIES=all $(BIN)/python -m pytest -m "" \
		tests/test_frames.py tests/test_frames_refused.py tests/test_spark.py -k "every_library or test_spark"

bench: $(VENV)/bench.stamp
	$(BIN)/python benchmarks/run.py

# Every change of the rules must be noticed by a test, or be explained in tests/mutants/survivors.toml.
# MUTANTS takes less: make mutants MUTANTS='--whole arrears.py --share 10'
mutants: $(VENV)/mutants.stamp
	PYTHONPATH=tests $(BIN)/python -m mutants.run $(MUTANTS)

# Attacks of every kind: kills, full disks, changed bytes, hostile plugins and receivers. docs/promises.md
# TORTURE chooses: make torture TORTURE='--minutes 30', TORTURE='--only kills', TORTURE='--repeat kills:7'
torture: $(VENV)/dev.stamp
	PYTHONPATH=tests $(BIN)/python -m torture.run $(TORTURE)

clean:
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
