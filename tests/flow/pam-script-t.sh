#!/bin/sh
# SPDX-License-Identifier: MIT
# pam-script-t.sh - pam_tokenward's own objects between a fake libpam and fake
# system calls, as tests/pam/scripts say; tests/pam/script.h has the words.
[ -x "${TOP_BUILD:-.}/tests/pam/script" ] || { echo "1..0 # SKIP pam_tokenward was not built: libpam0g-dev is missing"; exit 0; }
exec "${TOP_BUILD:-.}/tests/pam/script" "${TOP_SRC:-.}"/tests/pam/scripts/*.pam
