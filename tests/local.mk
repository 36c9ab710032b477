# SPDX-License-Identifier: MIT
# Tests speak TAP. Unit tests are Criterion programs; flow tests are shell
# against the embedded sandbox. What a machine lacks is skipped with a word.

TEST_EXTENSIONS = .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/unit/run
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	TOP_SRC='$(abs_top_srcdir)'; export TOP_SRC; \
	TOP_BUILD='$(abs_top_builddir)'; export TOP_BUILD; \
	srcdir='$(abs_top_srcdir)'; export srcdir; \
	TOKENWARD_HELPER='$(abs_top_builddir)/tokenward-helper'; export TOKENWARD_HELPER; \
	TOKENWARD_MODULE_DIR='$(abs_top_builddir)/provider/grants/.libs'; export TOKENWARD_MODULE_DIR; \
	GIT_CREDENTIAL='$(abs_top_builddir)/git-credential-tokenward'; export GIT_CREDENTIAL; \
	SANDBOX='$(abs_top_builddir)/tests/sandbox/sandbox'; export SANDBOX;

CPP_UNIT = $(CPP_PATHS)
CC_UNIT = $(TW_CFLAGS) $(CC_HELPER) $(CRITERION_CFLAGS) -Wno-missing-prototypes
LINK_UNIT = helper/libhelper.la $(CRITERION_LIBS)

EXTRA_DIST += \
	tests/corpora \
	tests/flow/git_server.py \
	tests/flow/lib.sh \
	tests/flow/qr_image.py \
	tests/sandbox/README.md \
	tests/sandbox/ask.sh \
	tests/unit/run \
	tests/unit/verify_jwt.py
EXTRA_DIST += tests/corpora tests/flow/bearer_server.py tests/flow/git_server.py tests/flow/lib.sh tests/flow/ring.py tests/unit/run tests/sandbox/README.md tests/sandbox/ask.sh
EXTRA_DIST += tests/corpora tests/flow/lib.sh tests/unit/run tests/unit/verify_jwt.py tests/sandbox/README.md tests/sandbox/ask.sh
EXTRA_DIST += tests/corpora tests/flow/lib.sh tests/flow/qr_image.py tests/unit/run tests/sandbox/README.md tests/sandbox/ask.sh

if HAVE_MHD
noinst_PROGRAMS += tests/sandbox/sandbox
tests_sandbox_sandbox_SOURCES = \
	tests/sandbox/answer.c \
	tests/sandbox/answer.h \
	tests/sandbox/assertions.c \
	tests/sandbox/assertions.h \
	tests/sandbox/certificate.c \
	tests/sandbox/certificate.h \
	tests/sandbox/client.c \
	tests/sandbox/client.h \
	tests/sandbox/client_key.c \
	tests/sandbox/client_key.h \
	tests/sandbox/counter.c \
	tests/sandbox/counter.h \
	tests/sandbox/credentials.c \
	tests/sandbox/credentials.h \
	tests/sandbox/deliver.c \
	tests/sandbox/deliver.h \
	tests/sandbox/devices.c \
	tests/sandbox/devices.h \
	tests/sandbox/documents.c \
	tests/sandbox/documents.h \
	tests/sandbox/endpoint.c \
	tests/sandbox/endpoint.h \
	tests/sandbox/exchange.c \
	tests/sandbox/exchange.h \
	tests/sandbox/families.c \
	tests/sandbox/families.h \
	tests/sandbox/form.c \
	tests/sandbox/form.h \
	tests/sandbox/json.c \
	tests/sandbox/json.h \
	tests/sandbox/listener.c \
	tests/sandbox/listener.h \
	tests/sandbox/logins.c \
	tests/sandbox/logins.h \
	tests/sandbox/main.c \
	tests/sandbox/manners.c \
	tests/sandbox/manners.h \
	tests/sandbox/misbehave.c \
	tests/sandbox/misbehave.h \
	tests/sandbox/options.c \
	tests/sandbox/options.h \
	tests/sandbox/purchase.c \
	tests/sandbox/purchase.h \
	tests/sandbox/raw.c \
	tests/sandbox/raw.h \
	tests/sandbox/request.h \
	tests/sandbox/route.c \
	tests/sandbox/route.h \
	tests/sandbox/sale.c \
	tests/sandbox/sale.h \
	tests/sandbox/sandbox.h \
	tests/sandbox/server.c \
	tests/sandbox/server.h \
	tests/sandbox/sold.c \
	tests/sandbox/sold.h \
	tests/sandbox/span.h \
	tests/sandbox/state.c \
	tests/sandbox/state.h \
	tests/sandbox/token.c \
	tests/sandbox/token.h \
	tests/sandbox/trades.c \
	tests/sandbox/trades.h \
	tests/sandbox/waiting.c \
	tests/sandbox/waiting.h
tests_sandbox_sandbox_CFLAGS = $(CC_PROGRAM) $(MHD_CFLAGS) $(CRYPTO_CFLAGS) $(JSON_CFLAGS)
tests_sandbox_sandbox_LDFLAGS = $(LINK_PROGRAM)
tests_sandbox_sandbox_LDADD = provider/base/libbase.la $(MHD_LIBS) $(CRYPTO_LIBS) $(JSON_LIBS)
endif

check_PROGRAMS += tests/flow/deaf
tests_flow_deaf_SOURCES = tests/flow/deaf.c

# Corpora, replayed by programs that print TAP themselves.
UNIT_TESTS =
UNIT_TESTS += \
	tests/unit/corpus-profiles-t \
	tests/unit/corpus-replies-t
tests_unit_corpus_profiles_t_SOURCES = tests/unit/corpus-profiles-t.c
tests_unit_corpus_profiles_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_corpus_profiles_t_CFLAGS = $(CC_UNIT)
tests_unit_corpus_profiles_t_LDADD = $(LINK_UNIT)

tests_unit_corpus_replies_t_SOURCES = tests/unit/corpus-replies-t.c tests/unit/raw_server.h tests/unit/cpu_time.h
tests_unit_corpus_replies_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_corpus_replies_t_CFLAGS = $(CC_UNIT)
tests_unit_corpus_replies_t_LDADD = $(LINK_UNIT)

if HAVE_CRITERION
UNIT_TESTS += \
	tests/unit/base-t \
	tests/unit/bell-t \
	tests/unit/client-t \
	tests/unit/device-code-t \
	tests/unit/environment-t \
	tests/unit/exchange-t \
	tests/unit/explain-t \
	tests/unit/form-t \
	tests/unit/grants-t \
	tests/unit/http-answer-t \
	tests/unit/http-failure-t \
	tests/unit/http-t \
	tests/unit/index-t \
	tests/unit/json-t \
	tests/unit/json-tree-t \
	tests/unit/jwt-expiry-t \
	tests/unit/jwt-t \
	tests/unit/metadata-t \
	tests/unit/module-t \
	tests/unit/place-t \
	tests/unit/profile-client-t \
	tests/unit/profile-links-t \
	tests/unit/profile-perms-t \
	tests/unit/profile-t \
	tests/unit/profiles-t \
	tests/unit/publish-t \
	tests/unit/refresh-token-t \
	tests/unit/reply-rules-t \
	tests/unit/reply-t \
	tests/unit/retry-after-t \
	tests/unit/retry-t \
	tests/unit/schedule-t \
	tests/unit/secret-command-t \
	tests/unit/secret-source-t \
	tests/unit/stack-t \
	tests/unit/state-t \
	tests/unit/store-t \
	tests/unit/supervise-t \
	tests/unit/tell-t \
	tests/unit/threads-t \
	tests/unit/torn-t \
	tests/unit/url-t \
	tests/unit/wipe-t \
	tests/unit/yaml-t
tests_unit_base_t_SOURCES = tests/unit/base-t.c
tests_unit_base_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_base_t_CFLAGS = $(CC_UNIT)
tests_unit_base_t_LDADD = $(LINK_UNIT)

tests_unit_bell_t_SOURCES = tests/unit/bell-t.c
tests_unit_bell_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_bell_t_CFLAGS = $(CC_UNIT)
tests_unit_bell_t_LDADD = $(LINK_UNIT)

tests_unit_client_t_SOURCES = tests/unit/client-t.c tests/unit/marks.c tests/unit/marks.h tests/unit/published.c tests/unit/published.h
tests_unit_client_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_client_t_CFLAGS = $(CC_UNIT)
tests_unit_client_t_LDADD = provider/client/libtokenward.la $(LINK_UNIT)

tests_unit_device_code_t_SOURCES = tests/unit/device-code-t.c tests/unit/fake_host.c tests/unit/fake_host.h
tests_unit_device_code_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_device_code_t_CFLAGS = $(CC_UNIT)
tests_unit_device_code_t_LDADD = $(LINK_UNIT)

tests_unit_environment_t_SOURCES = tests/unit/environment-t.c
tests_unit_environment_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_environment_t_CFLAGS = $(CC_UNIT)
tests_unit_environment_t_LDADD = $(LINK_UNIT)

tests_unit_exchange_t_SOURCES = tests/unit/exchange-t.c tests/unit/raw_server.h
tests_unit_exchange_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_exchange_t_CFLAGS = $(CC_UNIT)
tests_unit_exchange_t_LDADD = $(LINK_UNIT)

tests_unit_explain_t_SOURCES = tests/unit/explain-t.c
tests_unit_explain_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_explain_t_CFLAGS = $(CC_UNIT)
tests_unit_explain_t_LDADD = $(LINK_UNIT)

tests_unit_form_t_SOURCES = tests/unit/form-t.c
tests_unit_form_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_form_t_CFLAGS = $(CC_UNIT)
tests_unit_form_t_LDADD = $(LINK_UNIT)

tests_unit_grants_t_SOURCES = tests/unit/grants-t.c tests/unit/fake_host.c tests/unit/fake_host.h
tests_unit_grants_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_grants_t_CFLAGS = $(CC_UNIT)
tests_unit_grants_t_LDADD = $(LINK_UNIT)

tests_unit_http_answer_t_SOURCES = tests/unit/http-answer-t.c tests/unit/asking.c tests/unit/asking.h tests/unit/raw_server.h
tests_unit_http_answer_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_http_answer_t_CFLAGS = $(CC_UNIT)
tests_unit_http_answer_t_LDADD = $(LINK_UNIT)

tests_unit_http_failure_t_SOURCES = tests/unit/http-failure-t.c tests/unit/asking.c tests/unit/asking.h tests/unit/raw_server.h
tests_unit_http_failure_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_http_failure_t_CFLAGS = $(CC_UNIT)
tests_unit_http_failure_t_LDADD = $(LINK_UNIT)

tests_unit_http_t_SOURCES = tests/unit/http-t.c tests/unit/asking.c tests/unit/asking.h tests/unit/raw_server.h
tests_unit_http_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_http_t_CFLAGS = $(CC_UNIT)
tests_unit_http_t_LDADD = $(LINK_UNIT)

tests_unit_index_t_SOURCES = tests/unit/index-t.c
tests_unit_index_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_index_t_CFLAGS = $(CC_UNIT)
tests_unit_index_t_LDADD = $(LINK_UNIT)

tests_unit_json_t_SOURCES = tests/unit/json-t.c tests/unit/cpu_time.h
tests_unit_json_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_json_t_CFLAGS = $(CC_UNIT)
tests_unit_json_t_LDADD = $(LINK_UNIT)

tests_unit_json_tree_t_SOURCES = tests/unit/json-tree-t.c
tests_unit_json_tree_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_json_tree_t_CFLAGS = $(CC_UNIT)
tests_unit_json_tree_t_LDADD = $(LINK_UNIT)

tests_unit_jwt_expiry_t_SOURCES = tests/unit/jwt-expiry-t.c
tests_unit_jwt_expiry_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_jwt_expiry_t_CFLAGS = $(CC_UNIT)
tests_unit_jwt_expiry_t_LDADD = $(LINK_UNIT)

tests_unit_jwt_t_SOURCES = tests/unit/jwt-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_jwt_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_jwt_t_CFLAGS = $(CC_UNIT)
tests_unit_jwt_t_LDADD = $(LINK_UNIT)

tests_unit_metadata_t_SOURCES = tests/unit/metadata-t.c
tests_unit_metadata_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_metadata_t_CFLAGS = $(CC_UNIT)
tests_unit_metadata_t_LDADD = $(LINK_UNIT)

tests_unit_module_t_SOURCES = tests/unit/module-t.c
tests_unit_module_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_module_t_CFLAGS = $(CC_UNIT)
tests_unit_module_t_LDADD = $(LINK_UNIT)

tests_unit_place_t_SOURCES = tests/unit/place-t.c provider/credential/place.c
tests_unit_place_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_place_t_CFLAGS = $(CC_UNIT)
tests_unit_place_t_LDADD = $(LINK_UNIT)

tests_unit_profile_client_t_SOURCES = tests/unit/profile-client-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_profile_client_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_client_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_client_t_LDADD = $(LINK_UNIT)

tests_unit_profile_links_t_SOURCES = tests/unit/profile-links-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_profile_links_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_links_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_links_t_LDADD = $(LINK_UNIT)

tests_unit_profile_perms_t_SOURCES = tests/unit/profile-perms-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_profile_perms_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_perms_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_perms_t_LDADD = $(LINK_UNIT)

tests_unit_profile_t_SOURCES = tests/unit/profile-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_profile_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_t_LDADD = $(LINK_UNIT)

tests_unit_profiles_t_SOURCES = tests/unit/profiles-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_profiles_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profiles_t_CFLAGS = $(CC_UNIT)
tests_unit_profiles_t_LDADD = $(LINK_UNIT)

tests_unit_publish_t_SOURCES = tests/unit/publish-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_publish_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_publish_t_CFLAGS = $(CC_UNIT)
tests_unit_publish_t_LDADD = $(LINK_UNIT)

tests_unit_refresh_token_t_SOURCES = tests/unit/refresh-token-t.c tests/unit/fake_host.c tests/unit/fake_host.h
tests_unit_refresh_token_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_refresh_token_t_CFLAGS = $(CC_UNIT)
tests_unit_refresh_token_t_LDADD = $(LINK_UNIT)

tests_unit_reply_rules_t_SOURCES = tests/unit/reply-rules-t.c
tests_unit_reply_rules_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_reply_rules_t_CFLAGS = $(CC_UNIT)
tests_unit_reply_rules_t_LDADD = $(LINK_UNIT)

tests_unit_reply_t_SOURCES = tests/unit/reply-t.c tests/unit/cpu_time.h
tests_unit_reply_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_reply_t_CFLAGS = $(CC_UNIT)
tests_unit_reply_t_LDADD = $(LINK_UNIT)

tests_unit_retry_after_t_SOURCES = tests/unit/retry-after-t.c
tests_unit_retry_after_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_retry_after_t_CFLAGS = $(CC_UNIT)
tests_unit_retry_after_t_LDADD = $(LINK_UNIT)

tests_unit_retry_t_SOURCES = tests/unit/retry-t.c
tests_unit_retry_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_retry_t_CFLAGS = $(CC_UNIT)
tests_unit_retry_t_LDADD = $(LINK_UNIT)

tests_unit_schedule_t_SOURCES = tests/unit/schedule-t.c
tests_unit_schedule_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_schedule_t_CFLAGS = $(CC_UNIT)
tests_unit_schedule_t_LDADD = $(LINK_UNIT)

tests_unit_secret_command_t_SOURCES = tests/unit/secret-command-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_secret_command_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_secret_command_t_CFLAGS = $(CC_UNIT)
tests_unit_secret_command_t_LDADD = $(LINK_UNIT)

tests_unit_secret_source_t_SOURCES = tests/unit/secret-source-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_secret_source_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_secret_source_t_CFLAGS = $(CC_UNIT)
tests_unit_secret_source_t_LDADD = $(LINK_UNIT)

tests_unit_stack_t_SOURCES = tests/unit/stack-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_stack_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_stack_t_CFLAGS = $(CC_UNIT)
tests_unit_stack_t_LDADD = $(LINK_UNIT)

tests_unit_state_t_SOURCES = tests/unit/state-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_state_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_state_t_CFLAGS = $(CC_UNIT)
tests_unit_state_t_LDADD = $(LINK_UNIT)

tests_unit_store_t_SOURCES = tests/unit/store-t.c
tests_unit_store_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_store_t_CFLAGS = $(CC_UNIT)
tests_unit_store_t_LDADD = $(LINK_UNIT)

tests_unit_supervise_t_SOURCES = tests/unit/supervise-t.c
tests_unit_supervise_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_supervise_t_CFLAGS = $(CC_UNIT)
tests_unit_supervise_t_LDADD = $(LINK_UNIT)

tests_unit_tell_t_SOURCES = tests/unit/tell-t.c
tests_unit_tell_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_tell_t_CFLAGS = $(CC_UNIT)
tests_unit_tell_t_LDADD = $(LINK_UNIT)

tests_unit_threads_t_SOURCES = tests/unit/threads-t.c tests/unit/published.c tests/unit/published.h
tests_unit_threads_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_threads_t_CFLAGS = $(CC_UNIT)
tests_unit_threads_t_LDADD = provider/client/libtokenward.la $(LINK_UNIT)

tests_unit_torn_t_SOURCES = tests/unit/torn-t.c tests/unit/published.c tests/unit/published.h
tests_unit_torn_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_torn_t_CFLAGS = $(CC_UNIT)
tests_unit_torn_t_LDADD = $(LINK_UNIT)

tests_unit_url_t_SOURCES = tests/unit/url-t.c
tests_unit_url_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_url_t_CFLAGS = $(CC_UNIT)
tests_unit_url_t_LDADD = $(LINK_UNIT)

tests_unit_wipe_t_SOURCES = tests/unit/wipe-t.c helper/wipe.c tests/unit/marks.c tests/unit/marks.h tests/unit/raw_server.h
tests_unit_wipe_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_wipe_t_CFLAGS = $(CC_UNIT)
tests_unit_wipe_t_LDADD = $(LINK_UNIT)

tests_unit_yaml_t_SOURCES = tests/unit/yaml-t.c
tests_unit_yaml_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_yaml_t_CFLAGS = $(CC_UNIT)
tests_unit_yaml_t_LDADD = $(LINK_UNIT)
endif
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)


if HAVE_PAM
check_PROGRAMS += tests/pam/host
tests_pam_host_SOURCES = tests/pam/host.c
tests_pam_host_CFLAGS = $(CC_PROGRAM)
tests_pam_host_LDFLAGS = $(LINK_PROGRAM)
tests_pam_host_LDADD = -lpam
endif

FLOW_TESTS = \
	tests/flow/answers-t.sh \
	tests/flow/auth-t.sh \
	tests/flow/boundary-t.sh \
	tests/flow/clients-t.sh \
	tests/flow/corpus-perms-t.sh \
	tests/flow/credential-t.sh \
	tests/flow/discovery-t.sh \
	tests/flow/doorbell-t.sh \
	tests/flow/fault-t.sh \
	tests/flow/format-t.sh \
	tests/flow/front-t.sh \
	tests/flow/git-t.sh \
	tests/flow/glewlwyd-t.sh \
	tests/flow/grants-t.sh \
	tests/flow/herd-t.sh \
	tests/flow/kill-t.sh \
	tests/flow/login-t.sh \
	tests/flow/logout-t.sh \
	tests/flow/main-t.sh \
	tests/flow/mtls-t.sh \
	tests/flow/oidc-provider-t.sh \
	tests/flow/outside-t.sh \
	tests/flow/pam-t.sh \
	tests/flow/presets-t.sh \
	tests/flow/provision-t.sh \
	tests/flow/quota-t.sh \
	tests/flow/request-t.sh \
	tests/flow/rotate-kill-t.sh \
	tests/flow/rotate-t.sh \
	tests/flow/secret-t.sh \
	tests/flow/serve-t.sh \
	tests/flow/served-t.sh \
	tests/flow/stack-t.sh \
	tests/flow/status-t.sh \
	tests/flow/system-t.sh \
	tests/flow/tenants-t.sh \
	tests/flow/tls-t.sh \
	tests/flow/token-t.sh \
	tests/flow/units-t.sh \
	tests/sandbox/sandbox-t.sh \
	tests/unit/corpus-git-t.sh
dist_check_SCRIPTS = $(FLOW_TESTS)
TESTS += $(FLOW_TESTS)

# Real servers, once for each build; the network is needed for this, and for
# no test.  Where one cannot be had its test is skipped, and says why.
EXTRA_DIST += tests/servers
SERVERS = glewlwyd oidc-provider
servers:
	@for server in $(SERVERS); do \
	    here='$(abs_top_builddir)'/build-servers/$$server; \
	    mkdir -p "$$here" && \
	    { $(SHELL) $(top_srcdir)/tests/servers/$$server/install.sh "$$here" 2>"$$here/why" || \
	      echo "no $$server: $$(cat "$$here/why")"; }; \
	done

clean-servers:
	rm -rf build-servers
clean-local: clean-servers

# Everything a test needs, and nothing run.
# After all, not beside it: two makes at once would build one library twice.
tests: all
	$(MAKE) $(AM_MAKEFLAGS) $(check_PROGRAMS)

# make bench: ratios against the floor and the peers, in one run.
EXTRA_PROGRAMS += tests/bench/api_bench tests/bench/floor tests/bench/pair
tests_bench_api_bench_SOURCES = tests/bench/api_bench.c
tests_bench_api_bench_CFLAGS = $(CC_PROGRAM)
tests_bench_api_bench_LDFLAGS = $(LINK_PROGRAM)
tests_bench_api_bench_LDADD = provider/client/libtokenward.la
tests_bench_floor_SOURCES = tests/bench/floor.c
tests_bench_pair_SOURCES = tests/bench/pair.c
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += tests/bench/bench.sh

bench: all
	$(MAKE) $(AM_MAKEFLAGS) $(EXTRA_PROGRAMS)
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/bench.sh

.PHONY: bench servers clean-servers

