# SPDX-License-Identifier: MIT
# Our own process: the only place that knows YAML, HTTP, TLS, JSON and keys.

CC_HELPER = $(CURL_CFLAGS) $(YAML_CFLAGS) $(JSON_CFLAGS) $(SSL_CFLAGS) $(CRYPTO_CFLAGS) $(QR_CFLAGS)
LINK_HELPER = $(CURL_LIBS) $(YAML_LIBS) $(JSON_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(QR_LIBS)

# Everything but main, so that tests can link it.
noinst_LTLIBRARIES += helper/libhelper.la
helper_libhelper_la_SOURCES = \
	helper/arena.c \
	helper/arena.h \
	helper/assertion.c \
	helper/assertion.h \
	helper/base64.c \
	helper/base64.h \
	helper/certificate.c \
	helper/certificate.h \
	helper/client_auth.c \
	helper/client_auth.h \
	helper/client_auth_jwt.c \
	helper/client_auth_method.h \
	helper/client_auth_secret.c \
	helper/commands.c \
	helper/commands.h \
	helper/confine.c \
	helper/confine.h \
	helper/discard.c \
	helper/discard.h \
	helper/discovery.c \
	helper/discovery.h \
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
	helper/fetch.c \
	helper/fetch.h \
	helper/fingerprint.c \
	helper/fingerprint.h \
	helper/form.c \
	helper/form.h \
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
	helper/http_queue.c \
	helper/http_queue.h \
	helper/identity.c \
	helper/identity.h \
	helper/index_write.c \
	helper/index_write.h \
	helper/inspect.c \
	helper/instant.c \
	helper/instant.h \
	helper/job.c \
	helper/job.h \
	helper/job_source.c \
	helper/job_source.h \
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
	helper/leave.c \
	helper/lock.c \
	helper/lock.h \
	helper/login.c \
	helper/logout.c \
	helper/loop.c \
	helper/loop.h \
	helper/metadata.c \
	helper/metadata.h \
	helper/module.c \
	helper/module.h \
	helper/nearest.c \
	helper/nearest.h \
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
	helper/profile_keys.c \
	helper/profile_keys.h \
	helper/profile_links.c \
	helper/profile_links.h \
	helper/profile_option.c \
	helper/profile_reader.h \
	helper/profile_reply.c \
	helper/profile_request.c \
	helper/profile_request.h \
	helper/profile_secret.c \
	helper/profile_set.c \
	helper/profile_set.h \
	helper/profile_value.c \
	helper/profiles.c \
	helper/profiles.h \
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
	helper/screen.c \
	helper/screen.h \
	helper/scrub.c \
	helper/scrub.h \
	helper/secret_command.c \
	helper/secret_command.h \
	helper/secret_source.c \
	helper/secret_source.h \
	helper/serve.c \
	helper/serve.h \
	helper/serve_turn.c \
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
	helper/trust.c \
	helper/trust.h \
	helper/unicode.c \
	helper/unicode.h \
	helper/url.c \
	helper/url.h \
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

libexec_PROGRAMS += tokenward-helper
tokenward_helper_SOURCES = helper/main.c helper/wipe.c
tokenward_helper_CPPFLAGS = $(CPP_PATHS)
tokenward_helper_LDADD = helper/libhelper.la
tokenward_helper_CFLAGS = $(CC_PROGRAM)
tokenward_helper_LDFLAGS = $(LINK_PROGRAM)

dist_man_MANS += helper/tokenward-helper.8 helper/tokenward-profiles.5
