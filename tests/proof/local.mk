# SPDX-License-Identifier: MIT
# What shows that the promises hold, beyond `make check`.  Each target builds
# in a directory of its own below this one, and fails if it finds anything.

EXTRA_DIST += \
	.clang-tidy \
	tests/proof/coverage.h \
	tests/proof/coverage.py \
	tests/proof/cppcheck.supp \
	tests/proof/paths.h \
	tests/proof/root_lines.py \
	tests/proof/table.sh \
	tests/proof/tidy.known \
	tests/proof/tidy.sh \
	tests/proof/uncovered \
	tests/proof/valgrind.supp \
	tests/unit/plain

# What watches a process makes system calls and writes files of its own.
UNFENCED = --disable-landlock --disable-seccomp

# The unit tests without Criterion, which bears neither of the next two.
PLAIN = CRITERION_CFLAGS='-I$(abs_top_srcdir)/tests/unit/plain' CRITERION_LIBS="$$PWD/plain.o"
PLAIN_OBJECT = $(CC) -g -std=gnu17 $$flags -I$(abs_top_srcdir)/tests/unit/plain \
	-c $(abs_top_srcdir)/tests/unit/plain/plain.c -o plain.o

# Threads of one handle, readers against a writer.  ThreadSanitizer knows no
# atomic_thread_fence() (state.c, whose users hand it on by the scribe's lock).
TSAN_TESTS = tests/unit/client-t tests/unit/module-t tests/unit/namer-t tests/unit/renewal-t tests/unit/scribe-t tests/unit/threads-t tests/unit/torn-t
check-tsan:
	rm -rf build-tsan && mkdir build-tsan
	cd build-tsan && flags='-O1 -fsanitize=thread' && $(PLAIN_OBJECT) && \
	    $(abs_top_srcdir)/configure -q --disable-fortify $(UNFENCED) CFLAGS="-g $$flags -DTW_NO_WIPE -Wno-tsan" $(PLAIN) && \
	    $(MAKE) -s $(TSAN_TESTS) && $(MAKE) -s check check_PROGRAMS= TESTS='$(TSAN_TESTS)'

# The unit tests, and the main flows with all programs; but not a million reads
# and hours of requests, which would take hours.  grants-t.sh has a
# fetch end within the 3 s that a reader of a living token waits, and is left
# out.  What is other libraries' stands in tests/proof/valgrind.supp.
VALGRIND_SLOW = tests/unit/hours-t tests/unit/torn-t
VALGRIND_FLOWS = tests/flow/main-t.sh tests/flow/git-t.sh tests/flow/token-t.sh
VALGRIND = valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99 \
	--trace-children=no --suppressions=$(abs_top_srcdir)/tests/proof/valgrind.supp
check-valgrind:
	rm -rf build-valgrind && mkdir build-valgrind
	cd build-valgrind && flags=-O1 && $(PLAIN_OBJECT) && \
	    $(abs_top_srcdir)/configure -q --disable-fortify $(UNFENCED) CFLAGS='-g -O1 -DTW_NO_WIPE' $(PLAIN) && $(MAKE) -s tests && \
	    $(MAKE) -s check LOG_COMPILER='$(VALGRIND)' UNDER_VALGRIND=1 \
	    TESTS='$(filter-out $(VALGRIND_SLOW),$(UNIT_TESTS)) $(VALGRIND_FLOWS)'

# Static analysis: cppcheck, and clang-tidy with .clang-tidy, which wants what
# is generated too.
check-cppcheck:
	cd $(top_srcdir) && cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr \
	    --suppressions-list=tests/proof/cppcheck.supp --error-exitcode=1 --include=tests/proof/paths.h \
	    -D_GNU_SOURCE -I. helper provider
check-tidy: helper/fence/filter_table.h
	sh $(top_srcdir)/tests/proof/tidy.sh '$(abs_top_builddir)' $(CC_HELPER)

# Lines of ours that the tests reach, by file, and why the others are not
# reached; it fails for a test that does, too.  Programs of many users write
# into one directory, and their umask (077) must not keep the next one out:
# where there is a default ACL, none counts.  The modules' own directory must
# not be open, so what they write is made before.  What wipes stays in, since
# to count takes no allocator; some tests ask is_counted (tests/flow/lib.sh).
# Where system calls fail, those that read and write counts do, and what was
# counted before is lost: those tests come first.
TEARING = tests/flow/fault-t.sh tests/flow/kill-t.sh tests/flow/pam-denied-t.sh tests/flow/pam-odd-t.sh \
	tests/flow/rotate-kill-t.sh tests/flow/serve-kill-t.sh
coverage:
	rm -rf build-coverage && mkdir build-coverage
	cd build-coverage && $(abs_top_srcdir)/configure -q --disable-fortify $(UNFENCED) \
	    CFLAGS='-O0 -g --coverage -fprofile-update=atomic -include $(abs_top_srcdir)/tests/proof/coverage.h' && $(MAKE) -s tests && \
	    find helper provider tests -type d -exec setfacl -m g::rwx,o::rwx,d:g::rwX,d:o::rwX {} + && \
	    chmod go-w provider/grants/.libs && \
	    TOKENWARD_MODULE_DIR="$$PWD/provider/grants/.libs" ./tokenward-helper providers >/dev/null
	cd build-coverage && { $(MAKE) -s check TESTS='$(TEARING)' && torn=0 || torn=$$?; \
	    $(MAKE) -s check TESTS='$(filter-out $(TEARING),$(TESTS))' && rest=0 || rest=$$?; cd ..; \
	    python3 $(abs_top_srcdir)/tests/proof/coverage.py build-coverage $(abs_top_srcdir) && [ $$torn$$rest = 00 ]; }

# All of it, one after the other, and one table of promises with what was
# measured: a few hours.  check-faults comes behind check: it kills at every
# system call, not at some, and its figure is the one that counts.
PROOF = check check-faults check-unfenced check-sanitize check-tsan check-valgrind check-cppcheck check-tidy warnings \
	check-fuzz coverage
proof:
	@result=0; \
	for part in $(PROOF); do $(MAKE) -s $$part >proof-$$part.log 2>&1 && said=clean || { said=FAILED; result=1; }; \
	    echo "$$part: $$said (proof-$$part.log)"; done; \
	case ' $(PROOF) ' in *' coverage '*) \
	    sed -n 's/^ *\([0-9.]*% of .* lines\) in .*/coverage: \1/p' proof-coverage.log ;; esac; \
	sh $(top_srcdir)/tests/proof/table.sh . || result=1; exit $$result
CLEANFILES += proof-*.log
.PHONY: check-cppcheck check-tidy check-tsan check-valgrind coverage proof
