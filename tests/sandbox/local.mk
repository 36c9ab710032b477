# SPDX-License-Identifier: MIT
# The embedded authorization server, and its own test.

if HAVE_MHD
noinst_PROGRAMS += tests/sandbox/sandbox
tests_sandbox_sandbox_SOURCES = \
	tests/sandbox/answer.c \
	tests/sandbox/answer.h \
	tests/sandbox/assertions.c \
	tests/sandbox/assertions.h \
	tests/sandbox/authorize.c \
	tests/sandbox/authorize.h \
	tests/sandbox/certificate.c \
	tests/sandbox/certificate.h \
	tests/sandbox/challenge.c \
	tests/sandbox/challenge.h \
	tests/sandbox/client.c \
	tests/sandbox/client.h \
	tests/sandbox/client_key.c \
	tests/sandbox/client_key.h \
	tests/sandbox/codes.c \
	tests/sandbox/codes.h \
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
	tests/sandbox/loopback.c \
	tests/sandbox/loopback.h \
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
EXTRA_DIST += tests/sandbox/README.md tests/sandbox/ask.sh
SANDBOX_TESTS = tests/sandbox/authorize-t.sh tests/sandbox/logins-t.sh \
	tests/sandbox/misbehave-t.sh tests/sandbox/sandbox-t.sh
dist_check_SCRIPTS += $(SANDBOX_TESTS)
TESTS += $(SANDBOX_TESTS)
