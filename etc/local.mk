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

dist_noinst_SCRIPTS += etc/quickstart etc/check etc/install-packages .ci/run
