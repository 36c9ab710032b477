# SPDX-License-Identifier: MIT
# make bench: ratios against the floor and the peers, in one run.
BENCHES = tests/bench/api_bench tests/bench/fleet tests/bench/floor \
	tests/bench/load_bench tests/bench/pair tests/bench/published
tests_bench_api_bench_SOURCES = tests/bench/api_bench.c
tests_bench_api_bench_CFLAGS = $(CC_PROGRAM)
tests_bench_api_bench_LDFLAGS = $(LINK_PROGRAM)
tests_bench_api_bench_LDADD = provider/client/libtokenward.la
tests_bench_fleet_SOURCES = tests/bench/fleet.c
tests_bench_fleet_LDADD = $(CURL_LIBS)
tests_bench_floor_SOURCES = tests/bench/floor.c
tests_bench_load_bench_SOURCES = tests/bench/load_bench.c
tests_bench_load_bench_CFLAGS = $(CC_PROGRAM) $(CC_HELPER)
tests_bench_load_bench_LDADD = helper/libhelper.la
tests_bench_pair_SOURCES = tests/bench/pair.c
tests_bench_published_SOURCES = tests/bench/published.c
tests_bench_published_LDADD = provider/base/libbase.la
EXTRA_PROGRAMS += $(BENCHES)
CLEANFILES += $(BENCHES)
EXTRA_DIST += tests/bench/bench.sh tests/bench/fleet.sh tests/bench/load.sh \
	tests/bench/reload.sh

bench: all
	$(MAKE) $(AM_MAKEFLAGS) $(BENCHES)
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/bench.sh
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/fleet.sh
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/load.sh
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/reload.sh

.PHONY: bench
