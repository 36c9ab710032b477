# SPDX-License-Identifier: MIT
# Criterion programs, one for each noun, and the corpora, replayed by programs
# that print TAP themselves.

CPP_UNIT = $(CPP_PATHS)
CC_UNIT = $(TW_CFLAGS) $(CC_HELPER) $(CRITERION_CFLAGS) -Wno-missing-prototypes
LINK_UNIT = helper/libhelper.la $(CRITERION_LIBS)
EXTRA_DIST += tests/corpora tests/unit/run tests/unit/verify_jwt.py

UNIT_TESTS = \
	tests/unit/corpus-profiles-t \
	tests/unit/corpus-replies-t
tests_unit_corpus_profiles_t_SOURCES = tests/unit/corpus-profiles-t.c tests/unit/corpora.c tests/unit/corpora.h tests/unit/cpu_time.h tests/unit/figure.h tests/unit/under_valgrind.h
tests_unit_corpus_profiles_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_corpus_profiles_t_CFLAGS = $(TW_CFLAGS) $(CC_HELPER)
tests_unit_corpus_profiles_t_LDADD = helper/libhelper.la

tests_unit_corpus_replies_t_SOURCES = tests/unit/corpus-replies-t.c tests/unit/corpora.c tests/unit/corpora.h tests/unit/figure.h tests/unit/raw_server.h tests/unit/cpu_time.h tests/unit/under_valgrind.h
tests_unit_corpus_replies_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_corpus_replies_t_CFLAGS = $(TW_CFLAGS) $(CC_HELPER)
tests_unit_corpus_replies_t_LDADD = helper/libhelper.la

if HAVE_CRITERION
UNIT_TESTS += \
	tests/unit/audit-t \
	tests/unit/authorization-code-t \
	tests/unit/authorization-t \
	tests/unit/backoff-t \
	tests/unit/base-t \
	tests/unit/bearer-file-t \
	tests/unit/bell-t \
	tests/unit/broker-t \
	tests/unit/certificate-t \
	tests/unit/claim-t \
	tests/unit/client-lost-t \
	tests/unit/client-proof-t \
	tests/unit/client-t \
	tests/unit/device-code-t \
	tests/unit/doorbell-t \
	tests/unit/environment-t \
	tests/unit/epoch-t \
	tests/unit/exchange-broken-t \
	tests/unit/exchange-t \
	tests/unit/exchange-take-t \
	tests/unit/explain-t \
	tests/unit/form-t \
	tests/unit/grants-t \
	tests/unit/hand-t \
	tests/unit/hook-t \
	tests/unit/hooks-t \
	tests/unit/hours-t \
	tests/unit/host-names-t \
	tests/unit/http-answer-t \
	tests/unit/http-begin-t \
	tests/unit/http-failure-t \
	tests/unit/http-t \
	tests/unit/index-t \
	tests/unit/index-write-t \
	tests/unit/instant-t \
	tests/unit/json-memory-t \
	tests/unit/json-pairs-t \
	tests/unit/json-t \
	tests/unit/json-text-t \
	tests/unit/json-tree-t \
	tests/unit/jwt-expiry-t \
	tests/unit/jwt-signature-t \
	tests/unit/jwt-t \
	tests/unit/key-t \
	tests/unit/lane-t \
	tests/unit/lanes-t \
	tests/unit/log-t \
	tests/unit/loop-t \
	tests/unit/metadata-t \
	tests/unit/metrics-t \
	tests/unit/module-apart-t \
	tests/unit/module-check-t \
	tests/unit/module-lack-t \
	tests/unit/module-t \
	tests/unit/namer-t \
	tests/unit/names-t \
	tests/unit/nearest-t \
	tests/unit/place-t \
	tests/unit/profile-client-t \
	tests/unit/profile-find-t \
	tests/unit/profile-limits-t \
	tests/unit/profile-links-t \
	tests/unit/profile-memory-t \
	tests/unit/profile-needs-t \
	tests/unit/profile-option-t \
	tests/unit/profile-perms-t \
	tests/unit/profile-readers-t \
	tests/unit/profile-t \
	tests/unit/profiles-t \
	tests/unit/publish-t \
	tests/unit/quota-t \
	tests/unit/readers-t \
	tests/unit/record-t \
	tests/unit/redirect-request-t \
	tests/unit/redirect-socket-t \
	tests/unit/redirect-t \
	tests/unit/refresh-token-t \
	tests/unit/renewal-t \
	tests/unit/reply-error-t \
	tests/unit/reply-rules-t \
	tests/unit/reply-t \
	tests/unit/retry-after-t \
	tests/unit/retry-t \
	tests/unit/schedule-t \
	tests/unit/scribe-t \
	tests/unit/scrub-t \
	tests/unit/secret-command-t \
	tests/unit/secret-source-t \
	tests/unit/serve-adopt-t \
	tests/unit/serve-hold-t \
	tests/unit/serve-reload-t \
	tests/unit/serve-stray-t \
	tests/unit/spawn-t \
	tests/unit/stack-t \
	tests/unit/state-path-t \
	tests/unit/state-found-t \
	tests/unit/state-login-t \
	tests/unit/state-t \
	tests/unit/store-lock-t \
	tests/unit/store-t \
	tests/unit/template-bad-t \
	tests/unit/template-t \
	tests/unit/supervise-t \
	tests/unit/target-t \
	tests/unit/tell-t \
	tests/unit/threads-t \
	tests/unit/torn-t \
	tests/unit/url-t \
	tests/unit/ward-t \
	tests/unit/watch-t \
	tests/unit/wipe-t \
	tests/unit/yaml-t
tests_unit_audit_t_SOURCES = tests/unit/audit-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_audit_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_audit_t_CFLAGS = $(CC_UNIT)
tests_unit_audit_t_LDADD = $(LINK_UNIT)

tests_unit_authorization_code_t_SOURCES = tests/unit/authorization-code-t.c tests/unit/fake_host.c tests/unit/fake_host.h
tests_unit_authorization_code_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_authorization_code_t_CFLAGS = $(CC_UNIT)
tests_unit_authorization_code_t_LDADD = $(LINK_UNIT)

tests_unit_authorization_t_SOURCES = tests/unit/authorization-t.c
tests_unit_authorization_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_authorization_t_CFLAGS = $(CC_UNIT)
tests_unit_authorization_t_LDADD = $(LINK_UNIT)

tests_unit_backoff_t_SOURCES = tests/unit/backoff-t.c
tests_unit_backoff_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_backoff_t_CFLAGS = $(CC_UNIT)
tests_unit_backoff_t_LDADD = $(LINK_UNIT)

tests_unit_base_t_SOURCES = tests/unit/base-t.c
tests_unit_base_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_base_t_CFLAGS = $(CC_UNIT)
tests_unit_base_t_LDADD = $(LINK_UNIT)

tests_unit_bearer_file_t_SOURCES = tests/unit/bearer-file-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_bearer_file_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_bearer_file_t_CFLAGS = $(CC_UNIT)
tests_unit_bearer_file_t_LDADD = $(LINK_UNIT)

tests_unit_bell_t_SOURCES = tests/unit/bell-t.c
tests_unit_bell_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_bell_t_CFLAGS = $(CC_UNIT)
tests_unit_bell_t_LDADD = $(LINK_UNIT)

tests_unit_broker_t_SOURCES = tests/unit/broker-t.c tests/unit/brokered.h
tests_unit_broker_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_broker_t_CFLAGS = $(CC_UNIT)
tests_unit_broker_t_LDADD = $(LINK_UNIT)

tests_unit_certificate_t_SOURCES = tests/unit/certificate-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_certificate_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_certificate_t_CFLAGS = $(CC_UNIT)
tests_unit_certificate_t_LDADD = $(LINK_UNIT)

tests_unit_claim_t_SOURCES = tests/unit/claim-t.c
tests_unit_claim_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_claim_t_CFLAGS = $(CC_UNIT)
tests_unit_claim_t_LDADD = $(LINK_UNIT)

tests_unit_client_lost_t_SOURCES = tests/unit/client-lost-t.c tests/unit/published.c tests/unit/published.h
tests_unit_client_lost_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_client_lost_t_CFLAGS = $(CC_UNIT)
tests_unit_client_lost_t_LDADD = provider/client/libtokenward.la $(LINK_UNIT)

tests_unit_client_proof_t_SOURCES = tests/unit/client-proof-t.c
tests_unit_client_proof_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_client_proof_t_CFLAGS = $(CC_UNIT)
tests_unit_client_proof_t_LDADD = $(LINK_UNIT)

tests_unit_client_t_SOURCES = tests/unit/client-t.c tests/unit/marks.c tests/unit/marks.h tests/unit/published.c tests/unit/published.h
tests_unit_client_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_client_t_CFLAGS = $(CC_UNIT)
tests_unit_client_t_LDADD = provider/client/libtokenward.la $(LINK_UNIT)

tests_unit_device_code_t_SOURCES = tests/unit/device-code-t.c tests/unit/fake_host.c tests/unit/fake_host.h
tests_unit_device_code_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_device_code_t_CFLAGS = $(CC_UNIT)
tests_unit_device_code_t_LDADD = $(LINK_UNIT)

tests_unit_doorbell_t_SOURCES = tests/unit/doorbell-t.c
tests_unit_doorbell_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_doorbell_t_CFLAGS = $(CC_UNIT)
tests_unit_doorbell_t_LDADD = $(LINK_UNIT)

tests_unit_environment_t_SOURCES = tests/unit/environment-t.c
tests_unit_environment_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_environment_t_CFLAGS = $(CC_UNIT)
tests_unit_environment_t_LDADD = $(LINK_UNIT)

tests_unit_epoch_t_SOURCES = tests/unit/epoch-t.c
tests_unit_epoch_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_epoch_t_CFLAGS = $(CC_UNIT)
tests_unit_epoch_t_LDADD = $(LINK_UNIT)

tests_unit_exchange_broken_t_SOURCES = tests/unit/exchange-broken-t.c tests/unit/raw_server.h tests/unit/scripted.c tests/unit/scripted.h
tests_unit_exchange_broken_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_exchange_broken_t_CFLAGS = $(CC_UNIT)
tests_unit_exchange_broken_t_LDADD = $(LINK_UNIT)

tests_unit_exchange_take_t_SOURCES = tests/unit/exchange-take-t.c tests/unit/raw_server.h tests/unit/scratch.c tests/unit/scratch.h tests/unit/scripted.c tests/unit/scripted.h
tests_unit_exchange_take_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_exchange_take_t_CFLAGS = $(CC_UNIT)
tests_unit_exchange_take_t_LDADD = $(LINK_UNIT)

tests_unit_exchange_t_SOURCES = tests/unit/exchange-t.c tests/unit/raw_server.h tests/unit/scripted.c tests/unit/scripted.h
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

tests_unit_hand_t_SOURCES = tests/unit/hand-t.c provider/client/hand.c provider/client/token.c
tests_unit_hand_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_hand_t_CFLAGS = $(CC_UNIT)
tests_unit_hand_t_LDADD = $(LINK_UNIT)

tests_unit_hook_t_SOURCES = tests/unit/hook-t.c tests/unit/storing.c tests/unit/storing.h tests/unit/under_valgrind.h
tests_unit_hook_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_hook_t_CFLAGS = $(CC_UNIT)
tests_unit_hook_t_LDFLAGS = -Wl,--wrap=clock_monotonic_ms
tests_unit_hook_t_LDADD = $(LINK_UNIT)

tests_unit_hooks_t_SOURCES = tests/unit/hooks-t.c tests/unit/under_valgrind.h
tests_unit_hooks_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_hooks_t_CFLAGS = $(CC_UNIT)
tests_unit_hooks_t_LDFLAGS = -Wl,--wrap=broker_hook,--wrap=broker_end
tests_unit_hooks_t_LDADD = $(LINK_UNIT)

tests_unit_hours_t_SOURCES = tests/unit/hours-t.c tests/unit/figure.h tests/unit/raw_server.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_hours_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_hours_t_CFLAGS = $(CC_UNIT)
tests_unit_hours_t_LDFLAGS = -Wl,--wrap=clock_gettime -Wl,--wrap=__clock_gettime64 -Wl,--wrap=spawn_helper
tests_unit_hours_t_LDADD = $(LINK_UNIT)

tests_unit_host_names_t_SOURCES = tests/unit/host-names-t.c
tests_unit_host_names_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_host_names_t_CFLAGS = $(CC_UNIT)
tests_unit_host_names_t_LDADD = $(LINK_UNIT)

tests_unit_http_answer_t_SOURCES = tests/unit/http-answer-t.c tests/unit/asking.c tests/unit/asking.h tests/unit/raw_server.h tests/unit/soon.h tests/unit/under_valgrind.h
tests_unit_http_answer_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_http_answer_t_CFLAGS = $(CC_UNIT)
tests_unit_http_answer_t_LDADD = $(LINK_UNIT)

tests_unit_http_begin_t_SOURCES = tests/unit/http-begin-t.c tests/unit/asking.c tests/unit/asking.h tests/unit/raw_server.h tests/unit/under_valgrind.h
tests_unit_http_begin_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_http_begin_t_CFLAGS = $(CC_UNIT)
tests_unit_http_begin_t_LDADD = $(LINK_UNIT)

tests_unit_http_failure_t_SOURCES = tests/unit/http-failure-t.c tests/unit/asking.c tests/unit/asking.h tests/unit/raw_server.h tests/unit/soon.h tests/unit/under_valgrind.h
tests_unit_http_failure_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_http_failure_t_CFLAGS = $(CC_UNIT)
tests_unit_http_failure_t_LDADD = $(LINK_UNIT)

tests_unit_http_t_SOURCES = tests/unit/http-t.c tests/unit/asking.c tests/unit/asking.h tests/unit/raw_server.h tests/unit/soon.h tests/unit/under_valgrind.h
tests_unit_http_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_http_t_CFLAGS = $(CC_UNIT)
tests_unit_http_t_LDADD = $(LINK_UNIT)

tests_unit_index_t_SOURCES = tests/unit/index-t.c
tests_unit_index_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_index_t_CFLAGS = $(CC_UNIT)
tests_unit_index_t_LDADD = $(LINK_UNIT)

tests_unit_index_write_t_SOURCES = tests/unit/index-write-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_index_write_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_index_write_t_CFLAGS = $(CC_UNIT)
tests_unit_index_write_t_LDADD = $(LINK_UNIT)

tests_unit_instant_t_SOURCES = tests/unit/instant-t.c
tests_unit_instant_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_instant_t_CFLAGS = $(CC_UNIT)
tests_unit_instant_t_LDADD = $(LINK_UNIT)

tests_unit_json_memory_t_SOURCES = tests/unit/json-memory-t.c tests/unit/short_memory.c tests/unit/short_memory.h tests/unit/under_valgrind.h
tests_unit_json_memory_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_json_memory_t_CFLAGS = $(CC_UNIT)
tests_unit_json_memory_t_LDADD = $(LINK_UNIT)

tests_unit_json_pairs_t_SOURCES = tests/unit/json-pairs-t.c
tests_unit_json_pairs_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_json_pairs_t_CFLAGS = $(CC_UNIT)
tests_unit_json_pairs_t_LDADD = $(LINK_UNIT)

tests_unit_json_t_SOURCES = tests/unit/json-t.c tests/unit/cpu_time.h tests/unit/under_valgrind.h
tests_unit_json_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_json_t_CFLAGS = $(CC_UNIT)
tests_unit_json_t_LDADD = $(LINK_UNIT)

tests_unit_json_text_t_SOURCES = tests/unit/json-text-t.c
tests_unit_json_text_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_json_text_t_CFLAGS = $(CC_UNIT)
tests_unit_json_text_t_LDADD = $(LINK_UNIT)

tests_unit_json_tree_t_SOURCES = tests/unit/json-tree-t.c
tests_unit_json_tree_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_json_tree_t_CFLAGS = $(CC_UNIT)
tests_unit_json_tree_t_LDADD = $(LINK_UNIT)

tests_unit_jwt_expiry_t_SOURCES = tests/unit/jwt-expiry-t.c
tests_unit_jwt_expiry_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_jwt_expiry_t_CFLAGS = $(CC_UNIT)
tests_unit_jwt_expiry_t_LDADD = $(LINK_UNIT)

tests_unit_jwt_signature_t_SOURCES = tests/unit/jwt-signature-t.c tests/unit/made_key.c tests/unit/made_key.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_jwt_signature_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_jwt_signature_t_CFLAGS = $(CC_UNIT)
tests_unit_jwt_signature_t_LDADD = $(LINK_UNIT)

tests_unit_jwt_t_SOURCES = tests/unit/jwt-t.c tests/unit/made_key.c tests/unit/made_key.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_jwt_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_jwt_t_CFLAGS = $(CC_UNIT)
tests_unit_jwt_t_LDADD = $(LINK_UNIT)

tests_unit_key_t_SOURCES = tests/unit/key-t.c tests/unit/made_key.c tests/unit/made_key.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_key_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_key_t_CFLAGS = $(CC_UNIT)
tests_unit_key_t_LDADD = $(LINK_UNIT)

tests_unit_lane_t_SOURCES = tests/unit/lane-t.c tests/unit/street.c tests/unit/street.h
tests_unit_lane_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_lane_t_CFLAGS = $(CC_UNIT)
tests_unit_lane_t_LDADD = $(LINK_UNIT)

tests_unit_lanes_t_SOURCES = tests/unit/lanes-t.c tests/unit/street.c tests/unit/street.h
tests_unit_lanes_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_lanes_t_CFLAGS = $(CC_UNIT)
tests_unit_lanes_t_LDADD = $(LINK_UNIT)

tests_unit_log_t_SOURCES = tests/unit/log-t.c
tests_unit_log_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_log_t_CFLAGS = $(CC_UNIT)
tests_unit_log_t_LDADD = $(LINK_UNIT)

tests_unit_loop_t_SOURCES = tests/unit/loop-t.c
tests_unit_loop_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_loop_t_CFLAGS = $(CC_UNIT)
tests_unit_loop_t_LDADD = $(LINK_UNIT)

tests_unit_metadata_t_SOURCES = tests/unit/metadata-t.c
tests_unit_metadata_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_metadata_t_CFLAGS = $(CC_UNIT)
tests_unit_metadata_t_LDADD = $(LINK_UNIT)

tests_unit_metrics_t_SOURCES = tests/unit/metrics-t.c
tests_unit_metrics_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_metrics_t_CFLAGS = $(CC_UNIT)
tests_unit_metrics_t_LDADD = $(LINK_UNIT)

tests_unit_module_apart_t_SOURCES = tests/unit/module-apart-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_module_apart_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_module_apart_t_CFLAGS = $(CC_UNIT)
tests_unit_module_apart_t_LDADD = $(LINK_UNIT)

tests_unit_module_check_t_SOURCES = tests/unit/module-check-t.c
tests_unit_module_check_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_module_check_t_CFLAGS = $(CC_UNIT)
tests_unit_module_check_t_LDADD = $(LINK_UNIT)

tests_unit_module_lack_t_SOURCES = tests/unit/module-lack-t.c
tests_unit_module_lack_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_module_lack_t_CFLAGS = $(CC_UNIT)
tests_unit_module_lack_t_LDADD = $(LINK_UNIT)

tests_unit_module_t_SOURCES = tests/unit/module-t.c tests/unit/under_valgrind.h
tests_unit_module_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_module_t_CFLAGS = $(CC_UNIT)
tests_unit_module_t_LDADD = $(LINK_UNIT)

tests_unit_namer_t_SOURCES = tests/unit/namer-t.c
tests_unit_namer_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_namer_t_CFLAGS = $(CC_UNIT)
tests_unit_namer_t_LDADD = $(LINK_UNIT)
tests_unit_place_t_SOURCES = tests/unit/place-t.c provider/credential/place.c
tests_unit_place_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_place_t_CFLAGS = $(CC_UNIT)
tests_unit_place_t_LDADD = $(LINK_UNIT)

tests_unit_names_t_SOURCES = tests/unit/names-t.c provider/cli/names.c
tests_unit_names_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_names_t_CFLAGS = $(CC_UNIT)
tests_unit_names_t_LDADD = $(LINK_UNIT)

tests_unit_nearest_t_SOURCES = tests/unit/nearest-t.c
tests_unit_nearest_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_nearest_t_CFLAGS = $(CC_UNIT)
tests_unit_nearest_t_LDADD = $(LINK_UNIT)

tests_unit_profile_client_t_SOURCES = tests/unit/profile-client-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_profile_client_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_client_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_client_t_LDADD = $(LINK_UNIT)

tests_unit_profile_limits_t_SOURCES = tests/unit/profile-limits-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_profile_limits_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_limits_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_limits_t_LDADD = $(LINK_UNIT)

tests_unit_profile_find_t_SOURCES = tests/unit/profile-find-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_profile_find_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_find_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_find_t_LDADD = $(LINK_UNIT)

tests_unit_profile_links_t_SOURCES = tests/unit/profile-links-t.c tests/unit/fake_modules.c tests/unit/linking.c tests/unit/linking.h tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_profile_links_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_links_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_links_t_LDADD = $(LINK_UNIT)

tests_unit_profile_memory_t_SOURCES = tests/unit/profile-memory-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h tests/unit/short_memory.c tests/unit/short_memory.h tests/unit/under_valgrind.h
tests_unit_profile_memory_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_memory_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_memory_t_LDADD = $(LINK_UNIT)

tests_unit_profile_needs_t_SOURCES = tests/unit/profile-needs-t.c tests/unit/fake_modules.c tests/unit/linking.c tests/unit/linking.h tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_profile_needs_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_needs_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_needs_t_LDADD = $(LINK_UNIT)

tests_unit_profile_option_t_SOURCES = tests/unit/profile-option-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_profile_option_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_option_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_option_t_LDADD = $(LINK_UNIT)

tests_unit_profile_perms_t_SOURCES = tests/unit/profile-perms-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h tests/unit/under_valgrind.h
tests_unit_profile_perms_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_perms_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_perms_t_LDADD = $(LINK_UNIT)

tests_unit_profile_readers_t_SOURCES = tests/unit/profile-readers-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_profile_readers_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_readers_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_readers_t_LDADD = $(LINK_UNIT)

tests_unit_profile_t_SOURCES = tests/unit/profile-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_profile_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profile_t_CFLAGS = $(CC_UNIT)
tests_unit_profile_t_LDADD = $(LINK_UNIT)

tests_unit_profiles_t_SOURCES = tests/unit/profiles-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_profiles_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_profiles_t_CFLAGS = $(CC_UNIT)
tests_unit_profiles_t_LDADD = $(LINK_UNIT)

tests_unit_publish_t_SOURCES = tests/unit/publish-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_publish_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_publish_t_CFLAGS = $(CC_UNIT)
tests_unit_publish_t_LDADD = $(LINK_UNIT)

tests_unit_quota_t_SOURCES = tests/unit/quota-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_quota_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_quota_t_CFLAGS = $(CC_UNIT)
tests_unit_quota_t_LDADD = $(LINK_UNIT)

tests_unit_readers_t_SOURCES = tests/unit/readers-t.c
tests_unit_readers_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_readers_t_CFLAGS = $(CC_UNIT)
tests_unit_readers_t_LDADD = $(LINK_UNIT)

tests_unit_record_t_SOURCES = tests/unit/record-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_record_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_record_t_CFLAGS = $(CC_UNIT)
tests_unit_record_t_LDADD = $(LINK_UNIT)

tests_unit_redirect_request_t_SOURCES = tests/unit/redirect-request-t.c
tests_unit_redirect_request_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_redirect_request_t_CFLAGS = $(CC_UNIT)
tests_unit_redirect_request_t_LDADD = $(LINK_UNIT)

tests_unit_redirect_socket_t_SOURCES = tests/unit/redirect-socket-t.c
tests_unit_redirect_socket_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_redirect_socket_t_CFLAGS = $(CC_UNIT)
tests_unit_redirect_socket_t_LDADD = $(LINK_UNIT)

tests_unit_redirect_t_SOURCES = tests/unit/redirect-t.c
tests_unit_redirect_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_redirect_t_CFLAGS = $(CC_UNIT)
tests_unit_redirect_t_LDADD = $(LINK_UNIT)

tests_unit_refresh_token_t_SOURCES = tests/unit/refresh-token-t.c tests/unit/fake_host.c tests/unit/fake_host.h
tests_unit_refresh_token_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_refresh_token_t_CFLAGS = $(CC_UNIT)
tests_unit_refresh_token_t_LDADD = $(LINK_UNIT)

tests_unit_renewal_t_SOURCES = tests/unit/renewal-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_renewal_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_renewal_t_CFLAGS = $(CC_UNIT)
tests_unit_renewal_t_LDADD = $(LINK_UNIT)

tests_unit_reply_error_t_SOURCES = tests/unit/reply-error-t.c
tests_unit_reply_error_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_reply_error_t_CFLAGS = $(CC_UNIT)
tests_unit_reply_error_t_LDADD = $(LINK_UNIT)

tests_unit_reply_rules_t_SOURCES = tests/unit/reply-rules-t.c
tests_unit_reply_rules_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_reply_rules_t_CFLAGS = $(CC_UNIT)
tests_unit_reply_rules_t_LDADD = $(LINK_UNIT)

tests_unit_reply_t_SOURCES = tests/unit/reply-t.c tests/unit/cpu_time.h tests/unit/under_valgrind.h
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

tests_unit_secret_command_t_SOURCES = tests/unit/secret-command-t.c tests/unit/brokered.h tests/unit/scratch.c tests/unit/scratch.h tests/unit/soon.h tests/unit/sourced.c tests/unit/sourced.h
tests_unit_secret_command_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_secret_command_t_CFLAGS = $(CC_UNIT)
tests_unit_secret_command_t_LDADD = $(LINK_UNIT)

tests_unit_secret_source_t_SOURCES = tests/unit/secret-source-t.c tests/unit/brokered.h tests/unit/scratch.c tests/unit/scratch.h tests/unit/soon.h tests/unit/sourced.c tests/unit/sourced.h
tests_unit_secret_source_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_secret_source_t_CFLAGS = $(CC_UNIT)
tests_unit_secret_source_t_LDADD = $(LINK_UNIT)

tests_unit_serve_adopt_t_SOURCES = tests/unit/serve-adopt-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_serve_adopt_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_serve_adopt_t_CFLAGS = $(CC_UNIT)
tests_unit_serve_adopt_t_LDFLAGS = \
	-Wl,--wrap=watch_set,--wrap=index_write,--wrap=loop_watch,--wrap=session_fail,--wrap=renewal_is_busy
tests_unit_serve_adopt_t_LDADD = $(LINK_UNIT)

tests_unit_serve_hold_t_SOURCES = tests/unit/serve-hold-t.c tests/unit/storing.c tests/unit/storing.h
tests_unit_serve_hold_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_serve_hold_t_CFLAGS = $(CC_UNIT)
tests_unit_serve_hold_t_LDFLAGS = -Wl,--wrap=fingerprint_of
tests_unit_serve_hold_t_LDADD = $(LINK_UNIT)

tests_unit_serve_reload_t_SOURCES = tests/unit/serve-reload-t.c
tests_unit_serve_reload_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_serve_reload_t_CFLAGS = $(CC_UNIT)
tests_unit_serve_reload_t_LDFLAGS = \
	-Wl,--wrap=renewal_is_busy,--wrap=renewal_start,--wrap=serve_check_place,--wrap=log_failure
tests_unit_serve_reload_t_LDADD = $(LINK_UNIT)

tests_unit_serve_stray_t_SOURCES = tests/unit/serve-stray-t.c tests/unit/storing.c tests/unit/storing.h
tests_unit_serve_stray_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_serve_stray_t_CFLAGS = $(CC_UNIT)
tests_unit_serve_stray_t_LDADD = $(LINK_UNIT)

tests_unit_spawn_t_SOURCES = tests/unit/spawn-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_spawn_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_spawn_t_CFLAGS = $(CC_UNIT)
tests_unit_spawn_t_LDADD = $(LINK_UNIT)

tests_unit_stack_t_SOURCES = tests/unit/stack-t.c tests/unit/fake_modules.c tests/unit/profile_text.c tests/unit/profile_text.h
tests_unit_stack_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_stack_t_CFLAGS = $(CC_UNIT)
tests_unit_stack_t_LDADD = $(LINK_UNIT)

tests_unit_state_path_t_SOURCES = tests/unit/state-path-t.c tests/unit/scratch.c tests/unit/scratch.h
tests_unit_state_path_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_state_path_t_CFLAGS = $(CC_UNIT)
tests_unit_state_path_t_LDADD = $(LINK_UNIT)

tests_unit_state_found_t_SOURCES = tests/unit/state-found-t.c tests/unit/kept_state.c tests/unit/kept_state.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_state_found_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_state_found_t_CFLAGS = $(CC_UNIT)
tests_unit_state_found_t_LDADD = $(LINK_UNIT)

tests_unit_state_login_t_SOURCES = tests/unit/state-login-t.c tests/unit/kept_state.c tests/unit/kept_state.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_state_login_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_state_login_t_CFLAGS = $(CC_UNIT)
tests_unit_state_login_t_LDADD = $(LINK_UNIT)

tests_unit_state_t_SOURCES = tests/unit/state-t.c tests/unit/kept_state.c tests/unit/kept_state.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_state_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_state_t_CFLAGS = $(CC_UNIT)
tests_unit_state_t_LDADD = $(LINK_UNIT)

tests_unit_scribe_t_SOURCES = tests/unit/scribe-t.c
tests_unit_scribe_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_scribe_t_CFLAGS = $(CC_UNIT)
tests_unit_scribe_t_LDADD = $(LINK_UNIT)

tests_unit_scrub_t_SOURCES = tests/unit/scrub-t.c
tests_unit_scrub_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_scrub_t_CFLAGS = $(CC_UNIT)
tests_unit_scrub_t_LDADD = $(LINK_UNIT)

tests_unit_store_lock_t_SOURCES = tests/unit/store-lock-t.c tests/unit/soon.h tests/unit/storing.c tests/unit/storing.h
tests_unit_store_lock_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_store_lock_t_CFLAGS = $(CC_UNIT)
tests_unit_store_lock_t_LDADD = $(LINK_UNIT)

tests_unit_store_t_SOURCES = tests/unit/store-t.c tests/unit/storing.c tests/unit/storing.h
tests_unit_store_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_store_t_CFLAGS = $(CC_UNIT)
tests_unit_store_t_LDADD = $(LINK_UNIT)

tests_unit_template_bad_t_SOURCES = tests/unit/template-bad-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h tests/unit/tenant.h
tests_unit_template_bad_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_template_bad_t_CFLAGS = $(CC_UNIT)
tests_unit_template_bad_t_LDADD = $(LINK_UNIT)

tests_unit_template_t_SOURCES = tests/unit/template-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h tests/unit/tenant.h
tests_unit_template_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_template_t_CFLAGS = $(CC_UNIT)
tests_unit_template_t_LDADD = $(LINK_UNIT)

tests_unit_supervise_t_SOURCES = tests/unit/supervise-t.c tests/unit/soon.h
tests_unit_supervise_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_supervise_t_CFLAGS = $(CC_UNIT)
tests_unit_supervise_t_LDADD = $(LINK_UNIT)

tests_unit_target_t_SOURCES = tests/unit/target-t.c provider/credential/granted.c \
	provider/credential/target.c
tests_unit_target_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_target_t_CFLAGS = $(CC_UNIT)
tests_unit_target_t_LDADD = $(LINK_UNIT)

tests_unit_tell_t_SOURCES = tests/unit/tell-t.c
tests_unit_tell_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_tell_t_CFLAGS = $(CC_UNIT)
tests_unit_tell_t_LDADD = $(LINK_UNIT)

tests_unit_threads_t_SOURCES = tests/unit/threads-t.c tests/unit/published.c tests/unit/published.h
tests_unit_threads_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_threads_t_CFLAGS = $(CC_UNIT)
tests_unit_threads_t_LDADD = provider/client/libtokenward.la $(LINK_UNIT)

tests_unit_torn_t_SOURCES = tests/unit/torn-t.c tests/unit/figure.h tests/unit/published.c tests/unit/published.h
tests_unit_torn_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_torn_t_CFLAGS = $(CC_UNIT)
tests_unit_torn_t_LDADD = $(LINK_UNIT)

tests_unit_url_t_SOURCES = tests/unit/url-t.c
tests_unit_url_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_url_t_CFLAGS = $(CC_UNIT)
tests_unit_url_t_LDADD = $(LINK_UNIT)

tests_unit_ward_t_SOURCES = tests/unit/ward-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_ward_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_ward_t_CFLAGS = $(CC_UNIT)
tests_unit_ward_t_LDADD = $(LINK_UNIT)

tests_unit_watch_t_SOURCES = tests/unit/watch-t.c tests/unit/fake_modules.c tests/unit/loading.c tests/unit/loading.h tests/unit/soon.h tests/unit/scratch.c tests/unit/scratch.h
tests_unit_watch_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_watch_t_CFLAGS = $(CC_UNIT)
tests_unit_watch_t_LDADD = $(LINK_UNIT)

tests_unit_wipe_t_SOURCES = tests/unit/wipe-t.c helper/wipe.c tests/unit/marks.c tests/unit/marks.h tests/unit/raw_server.h
tests_unit_wipe_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_wipe_t_CFLAGS = $(CC_UNIT)
tests_unit_wipe_t_LDADD = $(LINK_UNIT)

tests_unit_yaml_t_SOURCES = tests/unit/yaml-t.c tests/unit/cpu_time.h tests/unit/under_valgrind.h
tests_unit_yaml_t_CPPFLAGS = $(CPP_UNIT)
tests_unit_yaml_t_CFLAGS = $(CC_UNIT)
tests_unit_yaml_t_LDADD = $(LINK_UNIT)
endif
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

dist_check_SCRIPTS += tests/unit/corpus-git-t.sh
TESTS += tests/unit/corpus-git-t.sh
