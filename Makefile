# What a fresh machine needs, builds and runs. `make demo` and `make test` install what is missing.

APT = libopenblas-dev libjpeg-dev libpng-dev libtiff-dev libwebp-dev libmatio-dev libhdf5-dev \
  libarchive-dev zlib1g-dev libfftw3-dev libcairo2-dev pkg-config \
  $(shell python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv)
BREW = jpeg-turbo libpng libtiff webp libmatio hdf5 libarchive fftw cairo pkg-config

SWIFT = Package.swift Sources Tests Snippets Benchmarks/Package.swift Benchmarks/Sources

# A build of its own, in which only what computes is optimised (Package.swift says what): the rest takes
# longer to optimise than to run. By `swift build`, as for the documentation: `swift test` would compile
# all anew.
export TESTED = --scratch-path .build/tests -c release -Xswiftc -enable-testing -Xswiftc -Onone
test docs fuzz soak sanitize: export SVAE_TESTS = 1

.PHONY: install uninstall demo test test-aarch64 soak fuzz sanitize lint format docs build figures bench \
  bench-peers deps clean

demo: build  ## trains on images that it generates, in a few minutes
	@rm -rf demo
	@.build/release/svae train --out demo --epochs 10
	@echo
	@echo "The pictures: demo/filters.png, demo/curves.png."
	@echo "Next: .build/release/svae train YOUR-PHOTOS, or .build/release/svae --help"

test: deps  ## the whole test suite
	@swift build $(TESTED) --build-tests
	@python=$$(Scripts/test-python) && SVAE_PYTHON=$$python swift test $(TESTED) --skip-build \
	  $(if $(FILTER),--filter $(FILTER))

soak: deps  ## runs that are killed or whose system fails, resumed: TRIALS=1000 for more than 4
	@swift build $(TESTED) --product svae
	@Scripts/soak .build/tests/release/svae $(if $(TRIALS),--trials $(TRIALS)) $(if $(SEED),--seed $(SEED))

fuzz: deps  ## damaged files for every reader: COUNT=1000000 for more than 20000, SANITIZE=address
	@swift build $(if $(SANITIZE),$(SANITIZED),$(TESTED)) --product svae-fuzz
	@folder=$$(mktemp -d -p $(firstword $(wildcard /dev/shm) .build)); \
	trap 'rm -rf $$folder' EXIT; \
	ASAN_OPTIONS=detect_leaks=0 \
	  $(if $(SANITIZE),.build/$(SANITIZE),.build/tests)/release/svae-fuzz $$folder \
	  $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) || \
	  { rm -rf .build/fuzz-input; cp -r $$folder/input .build/fuzz-input; \
	    echo "crashed; the input is in .build/fuzz-input"; exit 1; }

# A build of its own for each sanitizer. Undefined behaviour is C's: it traps, and above -O1 clang
# takes very long over the kernels' checks.
SANITIZED = --scratch-path .build/$(SANITIZE) -c release -Xswiftc -enable-testing -Xswiftc -Onone \
  $(if $(filter undefined,$(SANITIZE)),-Xcc -O1 -Xcc -fsanitize=undefined \
    -Xcc -fsanitize-trap=undefined, \
    --sanitize $(SANITIZE)) \
  $(if $(filter thread,$(SANITIZE)),-Xlinker $(CURDIR)/.build/thread/mutex.o)

sanitize: deps  ## the suite, or the part that FILTER names, under SANITIZE=thread, address or undefined
	@test -n "$(SANITIZE)" || { echo "SANITIZE must be thread, address or undefined"; exit 1; }
	@mkdir -p .build/$(SANITIZE)
	@$(if $(filter thread,$(SANITIZE)),clang -c -O1 -fPIC -fsanitize=thread \
	  Tests/Sanitizers/mutex.c -o .build/thread/mutex.o)
	@swift build $(SANITIZED) --build-tests
	@ASAN_OPTIONS=detect_leaks=0 swift test $(SANITIZED) --skip-build $(if $(FILTER),--filter '$(FILTER)')

AARCH64 = gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static

test-aarch64:  ## whether NEON's kernels, emulated, give this processor's bits
	@if command -v apt-get >/dev/null && ! dpkg-query -W $(AARCH64) >/dev/null 2>&1; then \
	  sudo=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq $(AARCH64) >/dev/null; \
	fi
	@Scripts/test-aarch64

lint:  ## the form of code and prose; `make format` mends what it can
	@Scripts/lint

docs:  ## the library's documentation, in .build/documentation
	@Scripts/docs

format:
	swift format format --in-place --parallel --recursive $(SWIFT)
	git ls-files -z '*.c' '*.h' '*.inc' | xargs -0 $$(dirname $$(Scripts/test-python))/clang-format -i

# The README's pictures and table, from the photographs and digits in the folder SVAE_DATA.
figures: build
	@test -n "$(SVAE_DATA)" || { echo "SVAE_DATA must name the folder of the data"; exit 1; }
	@Scripts/make-figures $(SVAE_DATA)

# The command knows its commit.
build: deps  ## the svae command, in .build/release
	@commit=$$(Scripts/commit) && $${commit:+env SVAE_COMMIT=$$commit} \
	  swift build -c release --product svae

PREFIX = /usr/local

install: build  ## the command, its manual page and completions, below PREFIX (/usr/local)
	@Scripts/install .build/release/svae "$(DESTDIR)$(PREFIX)"

uninstall:  ## removes what install put below PREFIX
	@Scripts/install --remove "$(DESTDIR)$(PREFIX)"

bench: deps  ## steps per second of training
	@swift build --package-path Benchmarks -c release --product svae-bench >&2
	@Benchmarks/.build/release/svae-bench

PEERS = Benchmarks/peers

bench-peers: deps  ## the same work in PyTorch and JAX, in turn with ours, and the ratios
	@swift build --package-path Benchmarks -c release --product svae-bench >&2
	@test -x $(PEERS)/.venv/bin/python || python3 -m venv $(PEERS)/.venv
	@$(PEERS)/.venv/bin/pip install -q -r $(PEERS)/requirements.txt >&2
	@$(PEERS)/.venv/bin/python $(PEERS)/compare.py

# Asks the package manager only where something is missing.
deps:
ifeq ($(shell uname),Darwin)
	@missing=$$(for p in $(BREW); do brew list --versions $$p >/dev/null 2>&1 || echo $$p; done); \
	  test -z "$$missing" || brew install $$missing
else
	@missing=$$(for p in $(APT); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	  if [ -n "$$missing" ]; then \
	    sudo=$$(test "$$(id -u)" = 0 || echo sudo); \
	    echo "installing" $$missing; \
	    $$sudo apt-get update -qq && $$sudo apt-get install -y -qq $$missing >/dev/null; \
	  fi
endif

clean:
	rm -rf .build demo
