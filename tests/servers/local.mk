# SPDX-License-Identifier: MIT
# Real servers, once for each build; the network is needed for this, and for
# no test.  Where one cannot be had its test is skipped, and says why.
EXTRA_DIST += tests/servers
SERVERS = glewlwyd oidc-provider
servers:
	@for server in $(SERVERS); do \
	    here='$(abs_top_builddir)'/build-servers/$$server; \
	    mkdir -p "$$here" && \
	    { $(SHELL) $(top_srcdir)/tests/servers/$$server/install.sh "$$here" 2>"$$here/why" || \
	      echo "no $$server: $$(cat "$$here/why")"; }; \
	done

clean-servers:
	rm -rf build-servers
clean-local: clean-servers

.PHONY: servers clean-servers
