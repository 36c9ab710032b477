# SPDX-License-Identifier: MIT
# pam_tokenward between an odd host and a fake libpam.

if HAVE_PAM
check_PROGRAMS += tests/pam/host tests/pam/script
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
	-Wl,--wrap=_Fork,--wrap=chdir,--wrap=dup2,--wrap=execve,--wrap=fchmod,--wrap=fchown,--wrap=flock,--wrap=fstat \
	-Wl,--wrap=geteuid,--wrap=getgrouplist,--wrap=getgroups,--wrap=getresgid,--wrap=getresuid \
	-Wl,--wrap=getuid,--wrap=mkdirat,--wrap=open,--wrap=pipe2,--wrap=prctl \
	-Wl,--wrap=setsid,--wrap=statx,--wrap=syscall
tests_pam_script_LDADD = provider/pam/libsession.la provider/base/libbase.la
endif
EXTRA_DIST += tests/pam/scripts
