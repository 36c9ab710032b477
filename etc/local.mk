# SPDX-License-Identifier: MIT
# What an administrator copies.

examplesdir = $(docdir)/examples
dist_examples_DATA = etc/profiles/astrapay.yaml
dist_noinst_SCRIPTS += etc/quickstart etc/check etc/install-packages .ci/run
