# SPDX-License-Identifier: MIT
# One program of all harnesses, twice: `replay` reads files and is built by any
# compiler, so that `make check` runs each harness over its seeds; `libfuzzer`
# is built by `make check-fuzz`, with clang.

FUZZ_SOURCES = \
	provider/cli/terminal.c \
	provider/credential/bazel.c \
	provider/credential/cargo.c \
	provider/credential/docker.c \
	provider/credential/git_request.c \
	provider/credential/goauth.c \
	provider/credential/input.c \
	provider/credential/keyring.c \
	provider/credential/kubectl.c \
	provider/credential/kubelet.c \
	provider/credential/mail.c \
	provider/credential/oidc_token.c \
	provider/credential/place.c \
	provider/credential/terraform.c \
	tests/fuzz/backoff.c \
	tests/fuzz/bell.c \
	tests/fuzz/broker.c \
	tests/fuzz/claim.c \
	tests/fuzz/drafted.c \
	tests/fuzz/drafted.h \
	tests/fuzz/engine.c \
	tests/fuzz/engine.h \
	tests/fuzz/exchange.c \
	tests/fuzz/fake_target.c \
	tests/fuzz/fake_target.h \
	tests/fuzz/form.c \
	tests/fuzz/front.c \
	tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h \
	tests/fuzz/git.c \
	tests/fuzz/grant_authorization_code.c \
	tests/fuzz/grant_device_code.c \
	tests/fuzz/grant_jwt_bearer.c \
	tests/fuzz/grant_refresh_token.c \
	tests/fuzz/grant_token_exchange.c \
	tests/fuzz/index.c \
	tests/fuzz/instant.c \
	tests/fuzz/json.c \
	tests/fuzz/jwt_expiry.c \
	tests/fuzz/metadata.c \
	tests/fuzz/module_table.c \
	tests/fuzz/profile.c \
	tests/fuzz/record.c \
	tests/fuzz/redirect.c \
	tests/fuzz/reply.c \
	tests/fuzz/retry_after.c \
	tests/fuzz/script.c \
	tests/fuzz/script.h \
	tests/fuzz/session_word.c \
	tests/fuzz/state.c \
	tests/fuzz/url.c \
	tests/fuzz/yaml.c \
	tests/unit/fake_modules.c

# broker.c has the one, exchange.c the other
FUZZ_WRAP = -Wl,--wrap=fork -Wl,--wrap=assertion_sign

check_PROGRAMS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = $(FUZZ_SOURCES) tests/fuzz/replay.c
tests_fuzz_replay_CPPFLAGS = $(CPP_PATHS)
tests_fuzz_replay_CFLAGS = $(TW_CFLAGS) $(CC_HELPER)
tests_fuzz_replay_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_WRAP)
tests_fuzz_replay_LDADD = helper/libhelper.la

EXTRA_PROGRAMS += tests/fuzz/libfuzzer
tests_fuzz_libfuzzer_SOURCES = $(FUZZ_SOURCES) tests/fuzz/mutate.c
tests_fuzz_libfuzzer_CPPFLAGS = $(CPP_PATHS)
tests_fuzz_libfuzzer_CFLAGS = $(TW_CFLAGS) $(CC_HELPER)
tests_fuzz_libfuzzer_LDFLAGS = -fsanitize=fuzzer $(FUZZ_WRAP)
tests_fuzz_libfuzzer_LDADD = helper/libhelper.la

dist_check_SCRIPTS += tests/fuzz/cost-t.sh tests/fuzz/replay-t.sh
TESTS += tests/fuzz/cost-t.sh tests/fuzz/replay-t.sh
EXTRA_DIST += tests/fuzz/afl.sh tests/fuzz/check.sh tests/fuzz/harnesses.sh tests/fuzz/seeds tests/fuzz/targets tests/fuzz/words.dict

# Each harness for FUZZ_SECONDS under AddressSanitizer and
# UndefinedBehaviorSanitizer, then what of each parser was reached.  What it
# finds is kept in build-fuzz, and the next run goes on from there.
FUZZ_SECONDS = 60
FUZZ_TARGETS =
FUZZ_FLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined -DTW_NO_WIPE
COVER_FLAGS = -O0 -g -fprofile-instr-generate -fcoverage-mapping -DTW_NO_WIPE
CONFIGURE_FUZZ = test -f Makefile || AFL_QUIET=1 $(abs_top_srcdir)/configure -q --disable-fortify
check-fuzz: libfuzzer
	mkdir -p build-fuzz/coverage
	cd build-fuzz/coverage && { $(CONFIGURE_FUZZ) CC=clang CFLAGS='$(COVER_FLAGS)'; } && $(MAKE) -s tests/fuzz/replay
	FUZZ_SECONDS=$(FUZZ_SECONDS) sh $(top_srcdir)/tests/fuzz/check.sh build-fuzz $(FUZZ_TARGETS)
libfuzzer:
	mkdir -p build-fuzz
	cd build-fuzz && { $(CONFIGURE_FUZZ) CC=clang CFLAGS='$(FUZZ_FLAGS)'; } && $(MAKE) -s tests/fuzz/libfuzzer

# AFL++ for FUZZ_SECONDS more, from what libFuzzer has found.
AFL_FLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -DTW_NO_WIPE
check-afl: libfuzzer
	mkdir -p build-fuzz/afl/cmplog
	cd build-fuzz/afl && { $(CONFIGURE_FUZZ) CC=afl-clang-fast CFLAGS='$(AFL_FLAGS)'; } && \
	    AFL_QUIET=1 $(MAKE) -s tests/fuzz/libfuzzer
	cd build-fuzz/afl/cmplog && { $(CONFIGURE_FUZZ) CC=afl-clang-fast CFLAGS='$(AFL_FLAGS)'; } && \
	    AFL_QUIET=1 AFL_LLVM_CMPLOG=1 $(MAKE) -s tests/fuzz/libfuzzer
	FUZZ_BY_AFL=1 FUZZ_SECONDS=$(FUZZ_SECONDS) sh $(top_srcdir)/tests/fuzz/check.sh build-fuzz $(FUZZ_TARGETS)
.PHONY: check-afl check-fuzz libfuzzer
