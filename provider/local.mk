# SPDX-License-Identifier: MIT
# What others load or call: libc and nothing else.

include_HEADERS += provider/tokenward.h provider/tokenward-provider.h

# base: shared by the readers and the helper, hidden in each.
noinst_LTLIBRARIES += provider/base/libbase.la
provider_base_libbase_la_SOURCES = \
	provider/base/ask.c \
	provider/base/ask.h \
	provider/base/auto.h \
	provider/base/backoff.c \
	provider/base/backoff.h \
	provider/base/bring.c \
	provider/base/bring.h \
	provider/base/clock.c \
	provider/base/clock.h \
	provider/base/date.c \
	provider/base/date.h \
	provider/base/doorbell.c \
	provider/base/doorbell.h \
	provider/base/epoch.c \
	provider/base/epoch.h \
	provider/base/error.c \
	provider/base/error.h \
	provider/base/index.c \
	provider/base/index.h \
	provider/base/json_quoted.c \
	provider/base/json_quoted.h \
	provider/base/json_text.c \
	provider/base/json_text.h \
	provider/base/json_tree.c \
	provider/base/json_tree.h \
	provider/base/lines.c \
	provider/base/lines.h \
	provider/base/mark.c \
	provider/base/mark.h \
	provider/base/nearest.c \
	provider/base/nearest.h \
	provider/base/own_ids.c \
	provider/base/own_ids.h \
	provider/base/own_name.c \
	provider/base/own_name.h \
	provider/base/record.c \
	provider/base/record.h \
	provider/base/route.c \
	provider/base/route.h \
	provider/base/runtime.c \
	provider/base/runtime.h \
	provider/base/secret.c \
	provider/base/secret.h \
	provider/base/session_word.c \
	provider/base/session_word.h \
	provider/base/spawn.c \
	provider/base/spawn.h \
	provider/base/steering.c \
	provider/base/steering.h \
	provider/base/text.c \
	provider/base/text.h \
	provider/base/verdict.c \
	provider/base/verdict.h \
	provider/base/write_whole.c \
	provider/base/write_whole.h
provider_base_libbase_la_CPPFLAGS = $(CPP_PATHS)

# libtokenward
lib_LTLIBRARIES += provider/client/libtokenward.la
provider_client_libtokenward_la_SOURCES = \
	provider/client/hand.c \
	provider/client/hand.h \
	provider/client/handle.c \
	provider/client/token.c \
	provider/client/token.h
provider_client_libtokenward_la_LIBADD = provider/base/libbase.la
provider_client_libtokenward_la_LDFLAGS = $(AM_LDFLAGS) -Wl,-z,defs -version-info 0:0:0 \
	-Wl,--version-script=$(top_srcdir)/provider/client/libtokenward.map
EXTRA_provider_client_libtokenward_la_DEPENDENCIES = provider/client/libtokenward.map
EXTRA_DIST += provider/client/libtokenward.map
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = provider/client/tokenward.pc

# git-credential-tokenward
bin_PROGRAMS += git-credential-tokenward
git_credential_tokenward_SOURCES = \
	provider/cli/guard.c \
	provider/cli/guard.h \
	provider/cli/terminal.c \
	provider/cli/terminal.h \
	provider/credential/git.c \
	provider/credential/git.h \
	provider/credential/git_reply.c \
	provider/credential/git_reply.h \
	provider/credential/git_request.c \
	provider/credential/git_request.h \
	provider/credential/granted.c \
	provider/credential/granted.h \
	provider/credential/input.c \
	provider/credential/input.h \
	provider/credential/main.c \
	provider/credential/place.c \
	provider/credential/place.h \
	provider/credential/target.c \
	provider/credential/target.h
git_credential_tokenward_LDADD = provider/base/libbase.la
git_credential_tokenward_CFLAGS = $(CC_PROGRAM)
git_credential_tokenward_LDFLAGS = $(LINK_PROGRAM)

# tokenward-credential
bin_PROGRAMS += tokenward-credential
tokenward_credential_SOURCES = \
	provider/cli/guard.c \
	provider/cli/guard.h \
	provider/cli/terminal.c \
	provider/cli/terminal.h \
	provider/credential/answer_file.c \
	provider/credential/answer_file.h \
	provider/credential/bazel.c \
	provider/credential/cargo.c \
	provider/credential/docker.c \
	provider/credential/goauth.c \
	provider/credential/google.c \
	provider/credential/granted.c \
	provider/credential/granted.h \
	provider/credential/input.c \
	provider/credential/input.h \
	provider/credential/keyring.c \
	provider/credential/kubectl.c \
	provider/credential/kubelet.c \
	provider/credential/mail.c \
	provider/credential/match.c \
	provider/credential/oidc_token.c \
	provider/credential/place.c \
	provider/credential/place.h \
	provider/credential/pnpm.c \
	provider/credential/protocol.h \
	provider/credential/protocols.c \
	provider/credential/target.c \
	provider/credential/target.h \
	provider/credential/terraform.c
tokenward_credential_LDADD = provider/base/libbase.la
tokenward_credential_CFLAGS = $(CC_PROGRAM)
tokenward_credential_LDFLAGS = $(LINK_PROGRAM)

# tokenward
bin_PROGRAMS += tokenward
tokenward_SOURCES = \
	provider/cli/command.h \
	provider/cli/complete.c \
	provider/cli/edit.c \
	provider/cli/edit_copy.c \
	provider/cli/edit_copy.h \
	provider/cli/edit_file.c \
	provider/cli/edit_file.h \
	provider/cli/exec.c \
	provider/cli/get.c \
	provider/cli/guard.c \
	provider/cli/guard.h \
	provider/cli/handed.c \
	provider/cli/help.c \
	provider/cli/help.h \
	provider/cli/install_helpers.c \
	provider/cli/list.c \
	provider/cli/main.c \
	provider/cli/names.c \
	provider/cli/names.h \
	provider/cli/options.c \
	provider/cli/options.h \
	provider/cli/reject.c \
	provider/cli/status.c \
	provider/cli/status_gather.c \
	provider/cli/status_gather.h \
	provider/cli/status_json.c \
	provider/cli/status_json.h \
	provider/cli/status_row.c \
	provider/cli/status_row.h \
	provider/cli/status_table.c \
	provider/cli/status_table.h \
	provider/cli/tend.c \
	provider/cli/tend.h \
	provider/cli/terminal.c \
	provider/cli/terminal.h \
	provider/cli/watch.c
tokenward_LDADD = provider/base/libbase.la
tokenward_CFLAGS = $(CC_PROGRAM)
tokenward_LDFLAGS = $(LINK_PROGRAM)

# Grants: one module each.
LINK_GRANT = $(AM_LDFLAGS) -module -avoid-version -shared -Wl,-z,defs \
	-Wl,--version-script=$(top_srcdir)/provider/grants/provider.map
EXTRA_DIST += provider/grants/provider.map

module_LTLIBRARIES += provider/grants/authorization_code.la
provider_grants_authorization_code_la_SOURCES = provider/grants/authorization_code.c provider/grants/fields.h
provider_grants_authorization_code_la_LDFLAGS = $(LINK_GRANT)

module_LTLIBRARIES += provider/grants/client_credentials.la
provider_grants_client_credentials_la_SOURCES = provider/grants/client_credentials.c provider/grants/fields.h
provider_grants_client_credentials_la_LDFLAGS = $(LINK_GRANT)

module_LTLIBRARIES += provider/grants/device_code.la
provider_grants_device_code_la_SOURCES = provider/grants/device_code.c provider/grants/fields.h
provider_grants_device_code_la_LDFLAGS = $(LINK_GRANT)

module_LTLIBRARIES += provider/grants/exec.la
provider_grants_exec_la_SOURCES = provider/grants/exec.c
provider_grants_exec_la_LDFLAGS = $(LINK_GRANT)

module_LTLIBRARIES += provider/grants/file.la
provider_grants_file_la_SOURCES = provider/grants/file.c
provider_grants_file_la_LDFLAGS = $(LINK_GRANT)

module_LTLIBRARIES += provider/grants/jwt_bearer.la
provider_grants_jwt_bearer_la_SOURCES = provider/grants/jwt_bearer.c provider/grants/fields.h
provider_grants_jwt_bearer_la_LDFLAGS = $(LINK_GRANT)

module_LTLIBRARIES += provider/grants/refresh_token.la
provider_grants_refresh_token_la_SOURCES = provider/grants/refresh_token.c provider/grants/fields.h
provider_grants_refresh_token_la_LDFLAGS = $(LINK_GRANT)

module_LTLIBRARIES += provider/grants/token_exchange.la
provider_grants_token_exchange_la_SOURCES = provider/grants/token_exchange.c provider/grants/fields.h
provider_grants_token_exchange_la_LDFLAGS = $(LINK_GRANT)

# pam_tokenward: libpam and libc.  Its objects are also linked with a fake
# libpam, for the tests.
if HAVE_PAM
noinst_LTLIBRARIES += provider/pam/libsession.la
provider_pam_libsession_la_SOURCES = $(PAM_SOURCES)
provider_pam_libsession_la_CPPFLAGS = $(CPP_PATHS)
pam_LTLIBRARIES = provider/pam/pam_tokenward.la
provider_pam_pam_tokenward_la_SOURCES =
provider_pam_pam_tokenward_la_LIBADD = provider/pam/libsession.la provider/base/libbase.la -lpam
provider_pam_pam_tokenward_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -Wl,-z,defs \
	-Wl,--version-script=$(top_srcdir)/provider/pam/pam_tokenward.map
EXTRA_provider_pam_pam_tokenward_la_DEPENDENCIES = provider/pam/pam_tokenward.map
endif
EXTRA_DIST += provider/pam/pam_tokenward.map
PAM_SOURCES = \
	provider/pam/child.c \
	provider/pam/child.h \
	provider/pam/close.c \
	provider/pam/drop.c \
	provider/pam/drop.h \
	provider/pam/options.c \
	provider/pam/options.h \
	provider/pam/person.c \
	provider/pam/person.h \
	provider/pam/place.c \
	provider/pam/place.h \
	provider/pam/provision.c \
	provider/pam/provision.h \
	provider/pam/public.c \
	provider/pam/session_data.c \
	provider/pam/session_data.h \
	provider/pam/sessions.c \
	provider/pam/sessions.h \
	provider/pam/variables.c \
	provider/pam/variables.h

# libtool's own files are of no use to the helper.
install-data-hook:
	rm -f $(DESTDIR)$(moduledir)/*.la $(DESTDIR)$(libdir)/libtokenward.la $(DESTDIR)$(pamdir)/pam_tokenward.la
uninstall-hook:
	for module in $(module_LTLIBRARIES); do \
	    rm -f "$(DESTDIR)$(moduledir)/$$(basename $$module .la).so"; done
	rm -f $(DESTDIR)$(libdir)/libtokenward.so* $(DESTDIR)$(pamdir)/pam_tokenward.so

dist_man_MANS += \
	provider/base/tokenward-record.5 \
	provider/cli/tokenward.1 \
	provider/client/libtokenward.3 \
	provider/credential/git-credential-tokenward.1 \
	provider/credential/tokenward-credential.1 \
	provider/grants/tokenward-authorization_code.7 \
	provider/grants/tokenward-client_credentials.7 \
	provider/grants/tokenward-device_code.7 \
	provider/grants/tokenward-exec.7 \
	provider/grants/tokenward-file.7 \
	provider/grants/tokenward-jwt_bearer.7 \
	provider/grants/tokenward-provider.3 \
	provider/grants/tokenward-refresh_token.7 \
	provider/grants/tokenward-token_exchange.7 \
	provider/pam/pam_tokenward.8
