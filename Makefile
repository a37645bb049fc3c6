# What a person does with this repository. The library is built by SwiftPM as Embedded Swift and linked here.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
SWIFT ?= swift
CC ?= cc
# A model file for `demo` and `bench`; empty: the one inside the library.
MODEL ?=

VERSION := $(shell sed -n 's/^.define OCELLUS_VERSION "\(.*\)"/\1/p' include/ocellus.h)
MAJOR := $(firstword $(subst ., ,$(VERSION)))
EMBEDDED := .build-embedded
ARCHIVE := $(EMBEDDED)/release/libOcellusC.a
SHARED := build/lib/libocellus.so.$(VERSION)
STATIC := build/lib/libocellus.a
COMMAND := .build/release/ocellus
INSTALLED := $(DESTDIR)$(LIBDIR)
# The loader does not look into a prefix of one's own: programs linked against it remember where it is.
SYSTEM_LIBDIRS := /lib /lib/% /usr/lib /usr/lib/% /usr/local/lib
RPATH = $(if $(filter $(SYSTEM_LIBDIRS),$(LIBDIR)),, -Wl$(comma)-rpath$(comma)$${libdir})
comma := ,
FILL = sed -e 's|@PREFIX@|$(PREFIX)|g; s|@LIBDIR@|$(LIBDIR)|g; s|@RPATH@|$(RPATH)|g' \
    -e 's|@VERSION@|$(VERSION)|g; s|@MAJOR@|$(MAJOR)|g'

.PHONY: demo build test check bench lib install clean dependencies $(ARCHIVE)

demo: dependencies build
	MODEL='$(MODEL)' COMMAND=$(COMMAND) scripts/demo.sh

build:
	$(SWIFT) build -c release --product ocellus

# C is optimised in tests too: its loops are what the tests spend their time in.
TEST_FLAGS := -Xcc -O2
test: dependencies lib training
	$(SWIFT) build --build-tests $(TEST_FLAGS) --explicit-target-dependency-import-check error
	$(SWIFT) test --skip-build $(TEST_FLAGS)

check:
	$(SWIFT) format lint --strict --recursive Sources Tests examples Package.swift
	OCELLUS_STRICT=1 $(SWIFT) build --scratch-path .build-strict --explicit-target-dependency-import-check error

bench: build
	$(COMMAND) bench $(if $(MODEL),--model '$(MODEL)')

lib: $(SHARED) $(STATIC)

# The trainer: ordinary Swift with its runtime inside, everything but the C functions hidden.
TRAINING_BUILD := .build-training
TRAINING_ARCHIVE := $(TRAINING_BUILD)/release/libOcellusTrainingC.a
TRAINING := build/lib/libocellus_training.so.$(VERSION)
LINK = $(addprefix -Xlinker ,$(1))
.PHONY: training install-training $(TRAINING_ARCHIVE)

training: $(TRAINING)

$(TRAINING_ARCHIVE):
	rm -f $@
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(TRAINING_BUILD) --product OcellusTrainingC

# One object first: swiftc puts its input before --whole-archive. lld, because gold exports hidden data.
$(TRAINING): $(TRAINING_ARCHIVE)
	mkdir -p build/training build/lib
	echo '{ global: ocellus_trainer_*; ocellus_training_*; local: *; };' > build/training/exports.map
	ld -r -o build/training/ocellus_training.o --whole-archive $(TRAINING_ARCHIVE)
	$(SWIFT)c -emit-library -static-stdlib -use-ld=lld -o $@ build/training/ocellus_training.o \
	    $(call LINK,-soname=libocellus_training.so.$(MAJOR) --version-script=build/training/exports.map --gc-sections) \
	    $(call LINK,-z nostart-stop-gc -z relro -z now -z noexecstack --no-undefined --strip-all --as-needed) \
	    $$(pkg-config --libs libjpeg libpng openblas expat zlib) -lm
	ln -sf libocellus_training.so.$(VERSION) build/lib/libocellus_training.so.$(MAJOR)
	ln -sf libocellus_training.so.$(MAJOR) build/lib/libocellus_training.so
	rm -rf build/training build/lib/*.autolink

# Archived anew each time: SwiftPM leaves objects of deleted source files in an archive that is there.
$(ARCHIVE):
	rm -f $@
	OCELLUS_EMBEDDED=1 $(SWIFT) build -c release --scratch-path $(EMBEDDED) --product OcellusC \
	    -Xswiftc -Osize -Xswiftc -Xfrontend -Xswiftc -function-sections

$(SHARED): $(ARCHIVE)
	mkdir -p build/lib
	echo '{ global: ocellus_*; local: *; };' > build/lib/exports.map
	$(CC) -shared -o $@ -Wl,-soname,libocellus.so.$(MAJOR) -Wl,--version-script=build/lib/exports.map \
	    -Wl,--gc-sections -Wl,--no-undefined -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--strip-all \
	    -Wl,--whole-archive $(ARCHIVE) -Wl,--no-whole-archive -Wl,--as-needed -lm
	ln -sf libocellus.so.$(VERSION) build/lib/libocellus.so.$(MAJOR)
	ln -sf libocellus.so.$(MAJOR) build/lib/libocellus.so

# One object whose Swift symbols are local: nothing of it can clash with the program it is linked into.
$(STATIC): $(SHARED)
	ld -r -o build/lib/ocellus.o --gc-sections $$(nm -D --defined-only $(SHARED) | sed 's/.* /-u /') \
	    --whole-archive $(ARCHIVE)
	objcopy --strip-unneeded --wildcard --keep-global-symbol='ocellus_*' build/lib/ocellus.o
	rm -f $@ && ar rcs $@ build/lib/ocellus.o && rm build/lib/ocellus.o

install: lib
	install -d $(DESTDIR)$(PREFIX)/include $(INSTALLED)/pkgconfig $(INSTALLED)/cmake/Ocellus
	install -m 644 include/ocellus.h $(DESTDIR)$(PREFIX)/include
	install -m 755 $(SHARED) $(INSTALLED)
	install -m 644 $(STATIC) $(INSTALLED)
	cp -Pf build/lib/libocellus.so.$(MAJOR) build/lib/libocellus.so $(INSTALLED)
	$(FILL) cmake/ocellus.pc.in > $(INSTALLED)/pkgconfig/ocellus.pc
	$(FILL) cmake/OcellusConfig.cmake.in > $(INSTALLED)/cmake/Ocellus/OcellusConfig.cmake
	$(FILL) cmake/OcellusConfigVersion.cmake.in > $(INSTALLED)/cmake/Ocellus/OcellusConfigVersion.cmake
	if [ -x $(COMMAND) ]; then install -D -m 755 $(COMMAND) $(DESTDIR)$(PREFIX)/bin/ocellus; fi
	if [ -z '$(DESTDIR)' ] && [ -w /etc/ld.so.cache ]; then ldconfig; fi

install-training: training install
	install -m 644 include/ocellus_training.h $(DESTDIR)$(PREFIX)/include
	install -m 755 $(TRAINING) $(INSTALLED)
	cp -Pf build/lib/libocellus_training.so.$(MAJOR) build/lib/libocellus_training.so $(INSTALLED)
	$(FILL) cmake/ocellus-training.pc.in > $(INSTALLED)/pkgconfig/ocellus-training.pc
	$(FILL) cmake/OcellusTraining.cmake.in > $(INSTALLED)/cmake/Ocellus/OcellusTraining.cmake
	if [ -z '$(DESTDIR)' ] && [ -w /etc/ld.so.cache ]; then ldconfig; fi

# libocellus for aarch64 Linux, built on a machine of another kind and tested there in qemu.
.PHONY: arm64 test-arm64
arm64:
	scripts/arm64.sh

test-arm64: dependencies lib build
	MODEL='$(MODEL)' COMMAND=$(COMMAND) scripts/arm64.sh test

clean:
	rm -rf .build .build-embedded .build-strict .build-training build demo

dependencies:
	scripts/dependencies.sh
