# make run [STUDY=folder]   set up, then the main job on a sample study (or on yours)
# make test                 set up, then everything CI runs
.DELETE_ON_ERROR:
.PHONY: run test test-long bytecode lint messages docs monkey pictures lock sdk-env clean

PO := resources/locale/zh_CN/LC_MESSAGES/yingtai.po
MO := $(PO:.po=.mo)
PYTHON := .venv/bin/python

run:
	@packaging/bootstrap.sh run
	@$(MAKE) -s --no-print-directory $(MO) bytecode
	@$(PYTHON) -m workstation first-run $(if $(STUDY),"$(STUDY)") --out out

test:
	@packaging/bootstrap.sh test
	@$(MAKE) --no-print-directory $(MO) bytecode lint
	@QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -n auto --dist worksteal

# What `make test` leaves out for its length.
test-long:
	@packaging/bootstrap.sh test
	@QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -n auto --dist worksteal -m long

# Compiled beforehand also where Python is told to write nothing: compiling in a running window stops all its threads.
bytecode:
	@$(PYTHON) -m compileall -q workstation

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --no-cache

$(MO): $(PO)
	@.venv/bin/pybabel -q compile -i $< -o $@

# After a change of texts: extract them, then fill in the new ones in $(PO).
messages:
	@mkdir -p build
	.venv/bin/pybabel -q extract --no-location --omit-header --sort-output --no-wrap -k say -k say_count:1,2 -o build/yingtai.pot workstation
	.venv/bin/pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete --omit-header -i build/yingtai.pot -o $(PO) -l zh_CN

# After a change of the catalogue: the page of its operations.
docs: $(MO)
	@$(PYTHON) -m workstation operations --markdown > docs/operations.md

# Seeded hands on the real window, 20,000 events: nothing may be raised, no decision lost, the memory stays flat.
monkey:
	@QT_QPA_PLATFORM=offscreen $(PYTHON) -X faulthandler -m tests.ui.monkey --events 20000 --seed $(or $(SEED),1)

# After a change of what is seen: the pictures of docs/pictures.md.
pictures: $(MO)
	@QT_QPA_PLATFORM=offscreen $(PYTHON) -m tests.docs.gallery docs/pictures

# After a change of dependencies: new pins with hashes, no addresses.
UV_COMPILE := .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
lock:
	$(UV_COMPILE) pyproject.toml -o packaging/requirements.txt
	$(UV_COMPILE) pyproject.toml --group dev -c packaging/requirements.txt -o packaging/requirements-dev.txt
	printf 'alibabacloud-imageprocess20200320==2.3.0\nalibabacloud-imagerecog20190930==2.0.10\nalibabacloud-imageseg20191230==4.0.1\nalibabacloud-viapi20230117==2.0.1\n' | $(UV_COMPILE) - -o packaging/requirements-sdk.txt
	printf 'hatchling>=1.27\nbabel>=2.17\neditables\n' | $(UV_COMPILE) - -c packaging/requirements-dev.txt -o packaging/requirements-build.txt

# The vendor's official client, in an environment of its own; tests/sdk drives it against the local cloud.
sdk-env:
	$(PYTHON) -m venv .venv-sdk
	.venv-sdk/bin/python -m pip install -q --require-hashes -r packaging/requirements-sdk.txt

clean:
	rm -rf .venv build dist out
