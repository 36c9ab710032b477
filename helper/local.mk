# SPDX-License-Identifier: MIT
# Our own process: the only place that knows YAML, HTTP, TLS, JSON and keys.

CC_HELPER = $(CURL_CFLAGS) $(YAML_CFLAGS) $(JSON_CFLAGS) $(SSL_CFLAGS) $(CRYPTO_CFLAGS) $(QR_CFLAGS) $(ACL_CFLAGS)
LINK_HELPER = $(CURL_LIBS) $(YAML_LIBS) $(JSON_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(QR_LIBS) $(ACL_LIBS)

# Everything but main, so that tests can link it.
noinst_LTLIBRARIES += helper/libhelper.la
helper_libhelper_la_SOURCES = \
	helper/access.c \
	helper/access.h \
	helper/advice.c \
	helper/advice.h \
	helper/allowance.c \
	helper/allowance.h \
	helper/arena.c \
	helper/arena.h \
	helper/assertion.c \
	helper/assertion.h \
	helper/audit.c \
	helper/audit.h \
	helper/base64.c \
	helper/base64.h \
	helper/bearer_file.c \
	helper/bearer_file.h \
	helper/bell.c \
	helper/bell.h \
	helper/bell_parse.c \
	helper/broker.c \
	helper/broker.h \
	helper/broker_office.c \
	helper/broker_order.h \
	helper/certificate.c \
	helper/certificate.h \
	helper/claim.c \
	helper/claim.h \
	helper/client_auth.c \
	helper/client_auth.h \
	helper/client_auth_jwt.c \
	helper/client_auth_method.h \
	helper/client_auth_secret.c \
	helper/commands.c \
	helper/commands.h \
	helper/confine.c \
	helper/confine.h \
	helper/credential.c \
	helper/credential.h \
	helper/describe.c \
	helper/discard.c \
	helper/discard.h \
	helper/discovery.c \
	helper/discovery.h \
	helper/doctor.c \
	helper/doctor.h \
	helper/doctor_endpoint.c \
	helper/draft.c \
	helper/draft.h \
	helper/environment.c \
	helper/environment.h \
	helper/exchange.c \
	helper/exchange.h \
	helper/exchange_form.c \
	helper/exchange_form.h \
	helper/exchange_host.c \
	helper/exchange_host.h \
	helper/exchange_take.c \
	helper/exchange_take.h \
	helper/exchange_tell.c \
	helper/exchange_tell.h \
	helper/explain.c \
	helper/explain.h \
	helper/extras.c \
	helper/extras.h \
	helper/fence.c \
	helper/fence.h \
	helper/fetch.c \
	helper/fetch.h \
	helper/filter.c \
	helper/filter.h \
	helper/fingerprint.c \
	helper/fingerprint.h \
	helper/form.c \
	helper/form.h \
	helper/hook.c \
	helper/hook.h \
	helper/hook_once.c \
	helper/hook_once.h \
	helper/hooks.c \
	helper/hooks.h \
	helper/http.c \
	helper/http.h \
	helper/http_answer.c \
	helper/http_answer.h \
	helper/http_certificate.c \
	helper/http_certificate.h \
	helper/http_easy.c \
	helper/http_easy.h \
	helper/http_failure.c \
	helper/http_failure.h \
	helper/http_loop.c \
	helper/http_loop.h \
	helper/http_queue.c \
	helper/http_queue.h \
	helper/http_trace.c \
	helper/http_trace.h \
	helper/identity.c \
	helper/identity.h \
	helper/import.c \
	helper/import.h \
	helper/index_write.c \
	helper/index_write.h \
	helper/init.c \
	helper/inspect.c \
	helper/instant.c \
	helper/instant.h \
	helper/job.c \
	helper/job.h \
	helper/job_source.c \
	helper/job_source.h \
	helper/journal.c \
	helper/journal.h \
	helper/json.c \
	helper/json.h \
	helper/json_number.c \
	helper/json_number.h \
	helper/json_scan.c \
	helper/json_scan.h \
	helper/json_write.c \
	helper/json_write.h \
	helper/jwt.c \
	helper/jwt.h \
	helper/jwt_expiry.c \
	helper/jwt_expiry.h \
	helper/jwt_signature.c \
	helper/jwt_signature.h \
	helper/keeper.c \
	helper/keeper.h \
	helper/key.c \
	helper/key.h \
	helper/key_source.c \
	helper/key_source.h \
	helper/landlock.c \
	helper/landlock.h \
	helper/lane.c \
	helper/lane.h \
	helper/leave.c \
	helper/listener.c \
	helper/listener.h \
	helper/lock.c \
	helper/lock.h \
	helper/log.c \
	helper/log.h \
	helper/login.c \
	helper/logout.c \
	helper/logout.h \
	helper/loop.c \
	helper/loop.h \
	helper/metadata.c \
	helper/metadata.h \
	helper/metadata_kept.c \
	helper/metadata_kept.h \
	helper/metrics.c \
	helper/metrics.h \
	helper/module.c \
	helper/module.h \
	helper/module_stand_in.c \
	helper/notify.c \
	helper/notify.h \
	helper/own_directory.c \
	helper/own_directory.h \
	helper/owned_file.c \
	helper/owned_file.h \
	helper/preset.c \
	helper/preset.h \
	helper/preset_file.c \
	helper/preset_file.h \
	helper/profile.c \
	helper/profile.h \
	helper/profile_client.c \
	helper/profile_client.h \
	helper/profile_client_check.c \
	helper/profile_export.c \
	helper/profile_file.c \
	helper/profile_file.h \
	helper/profile_find.c \
	helper/profile_instances.c \
	helper/profile_instances.h \
	helper/profile_hook.c \
	helper/profile_keys.c \
	helper/profile_keys.h \
	helper/profile_links.c \
	helper/profile_links.h \
	helper/profile_match.c \
	helper/profile_option.c \
	helper/profile_provider.c \
	helper/profile_reader.h \
	helper/profile_readers.c \
	helper/profile_readers.h \
	helper/profile_reply.c \
	helper/profile_request.c \
	helper/profile_request.h \
	helper/profile_secret.c \
	helper/profile_set.c \
	helper/profile_set.h \
	helper/profile_stack.c \
	helper/profile_stack.h \
	helper/profile_value.c \
	helper/profile_template.c \
	helper/profile_template.h \
	helper/profiles.c \
	helper/profiles.h \
	helper/program.c \
	helper/program.h \
	helper/progress.c \
	helper/progress.h \
	helper/prompt.c \
	helper/prompt.h \
	helper/provision.c \
	helper/provision.h \
	helper/publish.c \
	helper/publish.h \
	helper/qr.c \
	helper/qr.h \
	helper/quota.c \
	helper/quota.h \
	helper/readers.c \
	helper/readers.h \
	helper/refusal.c \
	helper/refusal.h \
	helper/replace.c \
	helper/replace.h \
	helper/reply.c \
	helper/reply.h \
	helper/reply_answer.c \
	helper/reply_answer.h \
	helper/reply_error.c \
	helper/reply_error.h \
	helper/reply_expiry.c \
	helper/reply_expiry.h \
	helper/reply_form.c \
	helper/reply_form.h \
	helper/reply_rules.h \
	helper/report.c \
	helper/report.h \
	helper/retry.c \
	helper/retry.h \
	helper/retry_after.c \
	helper/retry_after.h \
	helper/revoke.c \
	helper/revoke.h \
	helper/schedule.c \
	helper/schedule.h \
	helper/schema.c \
	helper/schema.h \
	helper/schema_shape.c \
	helper/schema_shape.h \
	helper/screen.c \
	helper/screen.h \
	helper/scrub.c \
	helper/scrub.h \
	helper/secret_command.c \
	helper/secret_command.h \
	helper/secret_looks.c \
	helper/secret_looks.h \
	helper/secret_source.c \
	helper/secret_source.h \
	helper/serve.c \
	helper/serve.h \
	helper/serve_bell.c \
	helper/serve_credential.c \
	helper/serve_metrics.c \
	helper/serve_turn.c \
	helper/serve_user.c \
	helper/serve_wait.c \
	helper/sheet.c \
	helper/sheet.h \
	helper/specifier.c \
	helper/specifier.h \
	helper/stack.c \
	helper/stack.h \
	helper/state.c \
	helper/state.h \
	helper/state_path.c \
	helper/store.c \
	helper/store.h \
	helper/supervise.c \
	helper/supervise.h \
	helper/table.c \
	helper/table.h \
	helper/task.c \
	helper/task.h \
	helper/timed.c \
	helper/timed.h \
	helper/trust.c \
	helper/trust.h \
	helper/unicode.c \
	helper/unicode.h \
	helper/unit_name.c \
	helper/unit_name.h \
	helper/url.c \
	helper/url.h \
	helper/waiter.h \
	helper/ward.c \
	helper/ward.h \
	helper/watch.c \
	helper/watch.h \
	helper/yaml.c \
	helper/yaml.h \
	helper/yaml_keys.c \
	helper/yaml_keys.h \
	helper/yaml_tree.c \
	helper/yaml_tree.h
helper_libhelper_la_CPPFLAGS = $(CPP_PATHS)
helper_libhelper_la_CFLAGS = $(AM_CFLAGS) $(CC_HELPER)
helper_libhelper_la_LIBADD = provider/base/libbase.la $(LINK_HELPER)

# The system calls of each phase, made into filters while this is built.
if WITH_SECCOMP
noinst_PROGRAMS += helper/filter_make
helper_filter_make_SOURCES = helper/filter_make.c
helper_filter_make_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
helper_filter_make_LDADD = $(SECCOMP_LIBS)
CLEANFILES += helper/filter_table.h
# By a variable: Automake takes a name for a rule that replaces its own.
FILTER_OBJECT = helper/libhelper_la-filter.lo
helper/filter_table.h: helper/filter_make$(EXEEXT)
	$(AM_V_GEN)helper/filter_make$(EXEEXT) >$@.new && mv $@.new $@
$(FILTER_OBJECT): helper/filter_table.h
endif

libexec_PROGRAMS += tokenward-helper
tokenward_helper_SOURCES = helper/main.c helper/wipe.c
tokenward_helper_CPPFLAGS = $(CPP_PATHS)
tokenward_helper_LDADD = helper/libhelper.la
tokenward_helper_CFLAGS = $(CC_PROGRAM)
tokenward_helper_LDFLAGS = $(LINK_PROGRAM)

dist_man_MANS += helper/tokenward-doorbell.7 helper/tokenward-helper.8 helper/tokenward-profiles.5
