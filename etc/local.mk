# SPDX-License-Identifier: MIT
# What an administrator copies.

examplesdir = $(docdir)/examples
dist_examples_DATA = etc/pam/pam-config etc/profiles/astrapay.yaml

presetdir = $(datadir)/tokenward/presets
dist_preset_DATA = \
	etc/presets/astrapay.yaml \
	etc/presets/auth0.yaml \
	etc/presets/cognito.yaml \
	etc/presets/entra.yaml \
	etc/presets/google.yaml \
	etc/presets/keycloak.yaml \
	etc/presets/okta.yaml \
	etc/presets/salesforce.yaml \
	etc/presets/zoom.yaml

# What editors are told of profiles files, made by the helper.
schemadir = $(datadir)/tokenward
dist_schema_DATA = etc/profiles.schema.json
schema: tokenward-helper $(module_LTLIBRARIES)
	TOKENWARD_MODULE_DIR='$(abs_top_builddir)/provider/grants/.libs' ./tokenward-helper schema >schema.new
	mv schema.new $(srcdir)/etc/profiles.schema.json
.PHONY: schema

dist_noinst_SCRIPTS += etc/quickstart etc/check etc/install-packages .ci/run

# For hosts with systemd: units, and the service user and its directories.
UNIT_FILES = \
	etc/logrotate \
	etc/systemd/system/tokenward-credential.socket \
	etc/systemd/system/tokenward.service \
	etc/systemd/system/tokenward.socket \
	etc/systemd/tokenward.sysusers \
	etc/systemd/tokenward.tmpfiles \
	etc/systemd/user/tokenward-credential.socket \
	etc/systemd/user/tokenward.service
EXTRA_DIST += $(UNIT_FILES:=.in)
CLEANFILES += $(UNIT_FILES)
$(UNIT_FILES): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed -e 's#@libexecdir[@]#$(libexecdir)#g' \
	    -e 's#@sysconfdir[@]#$(sysconfdir)#g' -e 's#@serviceuser[@]#$(serviceuser)#g' \
	    $(srcdir)/$@.in >$@.new && mv $@.new $@
if WITH_SYSTEMD
all-local: $(UNIT_FILES)
install-data-local: $(UNIT_FILES)
	$(MKDIR_P) '$(DESTDIR)$(systemddir)/system' '$(DESTDIR)$(systemddir)/user' \
	    '$(DESTDIR)$(sysusersdir)' '$(DESTDIR)$(tmpfilesdir)'
	$(INSTALL_DATA) etc/systemd/system/tokenward-credential.socket etc/systemd/system/tokenward.service \
	    etc/systemd/system/tokenward.socket '$(DESTDIR)$(systemddir)/system'
	$(INSTALL_DATA) etc/systemd/user/tokenward-credential.socket etc/systemd/user/tokenward.service '$(DESTDIR)$(systemddir)/user'
	$(MKDIR_P) '$(DESTDIR)$(examplesdir)' && $(INSTALL_DATA) etc/logrotate '$(DESTDIR)$(examplesdir)'
	$(INSTALL_DATA) etc/systemd/tokenward.sysusers '$(DESTDIR)$(sysusersdir)/tokenward.conf'
	$(INSTALL_DATA) etc/systemd/tokenward.tmpfiles '$(DESTDIR)$(tmpfilesdir)/tokenward.conf'
uninstall-local:
	rm -f '$(DESTDIR)$(examplesdir)/logrotate'
	rm -f '$(DESTDIR)$(systemddir)/system/tokenward-credential.socket' '$(DESTDIR)$(systemddir)/user/tokenward-credential.socket' \
	    '$(DESTDIR)$(systemddir)/system/tokenward.service' '$(DESTDIR)$(systemddir)/system/tokenward.socket' \
	    '$(DESTDIR)$(systemddir)/user/tokenward.service' '$(DESTDIR)$(sysusersdir)/tokenward.conf' \
	    '$(DESTDIR)$(tmpfilesdir)/tokenward.conf'
endif

# Where each shell looks for the completion of a command.
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
dist_bashcomp_DATA = etc/completions/bash/tokenward
dist_zshcomp_DATA = etc/completions/zsh/_tokenward
dist_fishcomp_DATA = etc/completions/fish/tokenward.fish
