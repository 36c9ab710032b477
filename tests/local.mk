# SPDX-License-Identifier: MIT
# Tests speak TAP. Unit tests are Criterion programs; flow tests are shell
# against the embedded sandbox. What a machine lacks is skipped with a word.

TEST_EXTENSIONS = .sh
# Not configure's shell, which is the larger one where there are two: a test
# forks some hundred times.
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' /bin/sh $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = /bin/sh $(top_srcdir)/tests/unit/run
SH_LOG_COMPILER = /bin/sh
# Whoever makes the tests may have an order of letters and messages of their own,
# a proxy, places for files, an editor, a repository, no colours: what a test
# needs it sets.
AM_TESTS_ENVIRONMENT = \
	LANG=C.UTF-8; export LANG; \
	unset LANGUAGE LC_ALL LC_COLLATE LC_CTYPE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME; \
	unset ALL_PROXY HTTPS_PROXY HTTP_PROXY NO_PROXY all_proxy https_proxy http_proxy no_proxy; \
	unset CREDENTIALS_DIRECTORY RUNTIME_DIRECTORY STATE_DIRECTORY TOKENWARD_PRESET_DIR CDPATH NO_COLOR VISUAL; \
	for name in `env | sed -n 's/^\(XDG_[A-Z_]*\|GIT_[A-Z0-9_]*\)=.*/\1/p'`; do unset "$$name"; done; \
	TOP_SRC='$(abs_top_srcdir)'; export TOP_SRC; \
	TOP_BUILD='$(abs_top_builddir)'; export TOP_BUILD; \
	srcdir='$(abs_top_srcdir)'; export srcdir; \
	TOKENWARD_HELPER='$(abs_top_builddir)/tokenward-helper'; export TOKENWARD_HELPER; \
	TOKENWARD_MODULE_DIR='$(abs_top_builddir)/provider/grants/.libs'; export TOKENWARD_MODULE_DIR; \
	GIT_CREDENTIAL='$(abs_top_builddir)/git-credential-tokenward'; export GIT_CREDENTIAL; \
	SANDBOX='$(abs_top_builddir)/tests/sandbox/sandbox'; export SANDBOX;
dist_check_SCRIPTS =
EXTRA_DIST += tests/README.md

include tests/unit/local.mk
include tests/sandbox/local.mk
include tests/flow/local.mk
include tests/fuzz/local.mk
include tests/pam/local.mk
include tests/proof/local.mk
include tests/servers/local.mk
include tests/bench/local.mk

# Everything a test needs, and nothing run.
# After all, not beside it: two makes at once would build one library twice.
tests: all
	$(MAKE) $(AM_MAKEFLAGS) $(check_PROGRAMS) $(check_LTLIBRARIES) $(check_SCRIPTS)
