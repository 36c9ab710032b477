# SPDX-License-Identifier: MIT
# The built programs against the sandbox, real servers and real clients.

check_PROGRAMS += tests/flow/compare tests/flow/deaf tests/flow/lacking tests/flow/reader
tests_flow_compare_SOURCES = tests/flow/compare.c
tests_flow_compare_LDADD = provider/base/libbase.la
tests_flow_deaf_SOURCES = tests/flow/deaf.c
tests_flow_lacking_SOURCES = tests/flow/lacking.c
tests_flow_reader_SOURCES = tests/flow/reader.c
tests_flow_reader_CPPFLAGS = $(CPP_PATHS) -I$(top_srcdir)/provider
tests_flow_reader_LDADD = provider/client/libtokenward.la

# The fetches, logins and the resident helper once more, as on a kernel that
# has neither Landlock nor seccomp.
UNFENCED_TESTS = tests/flow/main-t.sh tests/flow/browser-t.sh tests/flow/fence-t.sh tests/flow/grants-t.sh tests/flow/login-t.sh \
	tests/flow/login-beside-t.sh \
	tests/flow/logout-t.sh tests/flow/serve-t.sh tests/flow/stack-t.sh tests/flow/token-t.sh
check-unfenced: tests
	TOKENWARD_LACKING=both $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(UNFENCED_TESTS)'

# Every place and every allocation: some 20 minutes. What was injected, what
# was expected and what came, as a table.
FAULT_TESTS = tests/flow/fault-t.sh tests/flow/kill-t.sh tests/flow/memory-t.sh
check-faults: tests
	FAULT_POINTS=100000 FAULT_FULL=1 MEMORY_POINTS=100000 KILL_POINTS=100000 \
	    $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(FAULT_TESTS)'; status=$$?; \
	echo '| where | injected | expected | came |'; echo '| --- | --- | --- | --- |'; \
	sed -n 's/^# cell //p' $(FAULT_TESTS:.sh=.log); exit $$status
.PHONY: check-faults check-unfenced

# To be preloaded, so a shared object, though it is installed nowhere.
check_LTLIBRARIES = tests/flow/clock.la
tests_flow_clock_la_SOURCES = tests/flow/clock.c
tests_flow_clock_la_LDFLAGS = -module -avoid-version -rpath /nowhere

FLOW_TESTS = \
	tests/flow/admit-t.sh \
	tests/flow/again-t.sh \
	tests/flow/answers-t.sh \
	tests/flow/auth-t.sh \
	tests/flow/boundary-t.sh \
	tests/flow/browser-t.sh \
	tests/flow/canary-t.sh \
	tests/flow/chromium-t.sh \
	tests/flow/clients-t.sh \
	tests/flow/clock-t.sh \
	tests/flow/commands-t.sh \
	tests/flow/compare-t.sh \
	tests/flow/completions-t.sh \
	tests/flow/corpus-perms-t.sh \
	tests/flow/credential-t.sh \
	tests/flow/crowded-t.sh \
	tests/flow/discovery-t.sh \
	tests/flow/doctor-t.sh \
	tests/flow/doorbell-t.sh \
	tests/flow/edit-others-t.sh \
	tests/flow/edit-t.sh \
	tests/flow/families-t.sh \
	tests/flow/fault-t.sh \
	tests/flow/fence-t.sh \
	tests/flow/folders-t.sh \
	tests/flow/format-t.sh \
	tests/flow/front-t.sh \
	tests/flow/git-cases-t.sh \
	tests/flow/git-t.sh \
	tests/flow/glewlwyd-t.sh \
	tests/flow/grants-t.sh \
	tests/flow/herd-t.sh \
	tests/flow/isolation-t.sh \
	tests/flow/hook-owed-t.sh \
	tests/flow/hook-t.sh \
	tests/flow/idle-t.sh \
	tests/flow/init-t.sh \
	tests/flow/install-helpers-t.sh \
	tests/flow/kill-t.sh \
	tests/flow/kubectl-t.sh \
	tests/flow/lanes-t.sh \
	tests/flow/leave-t.sh \
	tests/flow/library-t.sh \
	tests/flow/load-t.sh \
	tests/flow/login-beside-t.sh \
	tests/flow/login-readers-t.sh \
	tests/flow/login-t.sh \
	tests/flow/logout-t.sh \
	tests/flow/mail-t.sh \
	tests/flow/look-t.sh \
	tests/flow/main-t.sh \
	tests/flow/manuals-t.sh \
	tests/flow/match-t.sh \
	tests/flow/memory-t.sh \
	tests/flow/misdeeds-t.sh \
	tests/flow/mtls-t.sh \
	tests/flow/names-t.sh \
	tests/flow/observe-t.sh \
	tests/flow/oidc-provider-t.sh \
	tests/flow/onlookers-t.sh \
	tests/flow/outside-t.sh \
	tests/flow/pam-denied-t.sh \
	tests/flow/pam-odd-t.sh \
	tests/flow/pam-own-t.sh \
	tests/flow/pam-script-t.sh \
	tests/flow/pam-stacks-t.sh \
	tests/flow/pam-system-t.sh \
	tests/flow/pam-t.sh \
	tests/flow/pam-wrapper-t.sh \
	tests/flow/presets-t.sh \
	tests/flow/provision-t.sh \
	tests/flow/quota-t.sh \
	tests/flow/raised-t.sh \
	tests/flow/registries-t.sh \
	tests/flow/request-t.sh \
	tests/flow/rotate-kill-t.sh \
	tests/flow/rotate-t.sh \
	tests/flow/rung-t.sh \
	tests/flow/schema-t.sh \
	tests/flow/screens-t.sh \
	tests/flow/secret-t.sh \
	tests/flow/serve-kill-t.sh \
	tests/flow/serve-t.sh \
	tests/flow/served-t.sh \
	tests/flow/stack-t.sh \
	tests/flow/status-t.sh \
	tests/flow/stray-t.sh \
	tests/flow/storage-t.sh \
	tests/flow/system-hook-t.sh \
	tests/flow/system-t.sh \
	tests/flow/systemd-t.sh \
	tests/flow/template-t.sh \
	tests/flow/tenants-t.sh \
	tests/flow/thunder-t.sh \
	tests/flow/tls-t.sh \
	tests/flow/token-t.sh \
	tests/flow/units-t.sh \
	tests/flow/wlcg-t.sh \
	tests/flow/words-t.sh \
	tests/flow/zones-t.sh
dist_check_SCRIPTS += $(FLOW_TESTS)
TESTS += $(FLOW_TESTS)

# Flows that do nothing for most of their time, since something has to become
# due: one after the other beside all the rest, as etc/check has them, they
# cost hardly any.
WAITING_TESTS = \
	tests/flow/doorbell-t.sh \
	tests/flow/hook-t.sh \
	tests/flow/lanes-t.sh \
	tests/flow/library-t.sh \
	tests/flow/login-beside-t.sh \
	tests/flow/login-readers-t.sh \
	tests/flow/login-t.sh \
	tests/flow/names-t.sh \
	tests/flow/observe-t.sh \
	tests/flow/pam-odd-t.sh \
	tests/flow/pam-script-t.sh \
	tests/flow/pam-system-t.sh \
	tests/flow/screens-t.sh \
	tests/flow/serve-t.sh \
	tests/flow/system-t.sh
check-waiting:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(WAITING_TESTS)' TEST_SUITE_LOG=test-waiting.log
check-busy:
	$(MAKE) $(AM_MAKEFLAGS) check TEST_SUITE_LOG=test-busy.log \
	    TESTS='$(filter-out $(WAITING_TESTS),$(TESTS))'
CLEANFILES += test-waiting.log test-busy.log
.PHONY: check-waiting check-busy
EXTRA_DIST += \
	tests/flow/api.py \
	tests/flow/bearer_server.py \
	tests/flow/bell.py \
	tests/flow/blinding.c \
	tests/flow/crowd.py tests/flow/crowd_server.py tests/flow/crowd_users.py \
	tests/flow/day.py \
	tests/flow/failing.c \
	tests/flow/git_client.py \
	tests/flow/edit.sh \
	tests/flow/host.sh \
	tests/flow/intruder.c \
	tests/flow/lib.sh \
	tests/flow/login.sh \
	tests/flow/memory_marks.py \
	tests/flow/misdeeds.c \
	tests/flow/load.py \
	tests/flow/manager.py \
	tests/flow/metrics.py \
	tests/flow/moved.py \
	tests/flow/background.py \
	tests/flow/own_terminal.py \
	tests/flow/stopped_terminal.py \
	tests/flow/looking.c \
	tests/flow/naming.c tests/flow/vanish.c \
	tests/flow/pam_lib.sh \
	tests/flow/pam_stack.sh \
	tests/flow/qr_image.py \
	tests/flow/pass_on.py tests/flow/ring.py \
	tests/flow/logins.sh tests/flow/put.sh \
	tests/flow/schema_valid.py \
	tests/flow/smtp_server.py \
	tests/flow/systemd-inside.sh \
	tests/flow/templates.sh \
	tests/flow/token_checker.py \
	tests/flow/two_places.c \
	tests/flow/two_steps.c \
	tests/flow/web.sh

# A real systemd that starts the units.
check-systemd: tests
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/flow/systemd-t.sh

# Ten days of refreshes in a minute; make check has one, in seconds.
check-days: export HOURS = 240
check-days: tests
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/flow/clock-t.sh

.PHONY: check-days check-systemd
