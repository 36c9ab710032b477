# SPDX-License-Identifier: MIT
# pam_tokenward between an odd host and a fake libpam.

if HAVE_PAM
check_PROGRAMS += tests/pam/denied tests/pam/host tests/pam/script
tests_pam_denied_SOURCES = tests/pam/denied.c
tests_pam_denied_CFLAGS = $(CC_PROGRAM)
tests_pam_denied_LDFLAGS = $(LINK_PROGRAM)
tests_pam_denied_LDADD = -lpam
tests_pam_host_SOURCES = tests/pam/host.c
tests_pam_host_CFLAGS = $(CC_PROGRAM)
tests_pam_host_LDFLAGS = $(LINK_PROGRAM)
tests_pam_host_LDADD = -lpam

# The module's own objects, and no libpam.
tests_pam_script_SOURCES = \
	tests/pam/fake.h \
	tests/pam/fake_helper.c \
	tests/pam/fake_pam.c \
	tests/pam/fake_system.c \
	tests/pam/script.c \
	tests/pam/script.h \
	tests/pam/script_run.c
tests_pam_script_CPPFLAGS = $(CPP_PATHS)
tests_pam_script_CFLAGS = $(CC_PROGRAM)
tests_pam_script_LDFLAGS = $(LINK_PROGRAM) \
	-Wl,--wrap=_Fork,--wrap=chdir,--wrap=dup2,--wrap=execve,--wrap=fchmod,--wrap=fchown,--wrap=flock \
	-Wl,--wrap=fstat64,--wrap=__fstat64_time64,--wrap=__prctl_time64,--wrap=open64 \
	-Wl,--wrap=geteuid,--wrap=getgrouplist,--wrap=getgroups,--wrap=getresgid,--wrap=getresuid \
	-Wl,--wrap=getuid,--wrap=mkdirat,--wrap=pipe2,--wrap=prctl \
	-Wl,--wrap=setsid,--wrap=statx,--wrap=syscall
tests_pam_script_LDADD = provider/pam/libsession.la provider/base/libbase.la

# The module for libpam itself, in stacks of libpam-wrapper: without root no
# helper can be put where it is installed.
check_LTLIBRARIES += tests/pam/wrapped.la
tests_pam_wrapped_la_SOURCES = $(PAM_SOURCES)
tests_pam_wrapped_la_CPPFLAGS = $(CPP_PATHS) -UTW_HELPER_PATH \
	-DTW_HELPER_PATH='"$(abs_builddir)/tests/pam/started.sh"'
tests_pam_wrapped_la_LIBADD = provider/base/libbase.la -lpam
tests_pam_wrapped_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere \
	-Wl,--version-script=$(top_srcdir)/provider/pam/pam_tokenward.map
check_SCRIPTS += tests/pam/started.sh
CLEANFILES += tests/pam/started.sh

# The helper as if it were installed, in a home of a test's own.
tests/pam/started.sh: Makefile
	@$(MKDIR_P) tests/pam
	$(AM_V_GEN)printf '%s\n' '#!/bin/sh' 'export XDG_RUNTIME_DIR="$$HOME/run"' 'export TOKENWARD_MODULE_DIR="$$HOME/modules"' \
	    'env >"$$HOME/seen"' 'exec "$(abs_builddir)/tokenward-helper" "$$@"' >$@ && chmod 755 $@
endif
EXTRA_DIST += tests/pam/scripts
