# SPDX-License-Identifier: MIT
# What shows that the promises hold, beyond `make check`.

EXTRA_DIST += tests/proof/root_lines.py tests/proof/table.sh
