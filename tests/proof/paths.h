/* SPDX-License-Identifier: MIT */
/* paths.h - what the Makefile defines, for static analysis. */
#define TW_HELPER_PATH "/libexec/tokenward-helper"
#define TW_SYSTEM_RUNTIME_DIR "/run/tokenward"
#define TW_SYSCONF_DIR "/etc/tokenward"
#define TW_MODULE_DIR "/lib/tokenward"
#define TW_GRANTS "provider/grants/client_credentials"
#define TW_PRESET_DIR "/share/tokenward"
#define TW_CA_PATH "/etc/ssl/certs"
#define TW_SERVICE_USER "tokenward"
