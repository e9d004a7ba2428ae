# What a fresh machine needs, builds and runs. `make demo` and `make test` install what is missing.

APT = libopenblas-dev libturbojpeg0-dev libpng-dev libtiff-dev libmatio-dev zlib1g-dev libfftw3-dev \
  libcairo2-dev pkg-config
BREW = jpeg-turbo libpng libtiff libmatio fftw cairo pkg-config

.PHONY: test build deps clean

test: deps  ## the whole test suite
	swift test -c release -Xswiftc -enable-testing

build: deps  ## the svae command, in .build/release
	swift build -c release --product svae

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
