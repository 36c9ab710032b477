#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""setup.py prepare INSTALLED DIR | configure DIR URL - the state of a glewlwyd.

prepare writes its configuration and an empty database into DIR and prints its
address, on a free port of loopback.  configure waits until it answers there,
and makes what it serves through its own interface: scopes, the OpenID Connect
plugin, which does plain OAuth 2.0 too, the clients and one user.  REDIRECT_PORT
is where a browser is sent back to: this server compares the port.
"""
import base64
import gzip
import http.cookiejar
import json
import os
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.request

CONFIGURATION = """
port={port}
bind_address="127.0.0.1"
external_url="https://127.0.0.1:{port}"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="WARNING"
log_file="{dir}/glewlwyd.log"
cookie_secure=0
session_expiration=3600
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="{modules}/user"
user_middleware_module_path="{dir}/none"
client_module_path="{modules}/client"
user_auth_scheme_module_path="{modules}/scheme"
plugin_module_path="{modules}/plugin"
use_secure_connection=true
secure_connection_key_file="{dir}/keys/server.key"
secure_connection_pem_file="{dir}/keys/server.pem"
secure_connection_ca_file="{dir}/keys/ca.pem"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{dir}/glewlwyd.db"; }};
"""

PLUGIN = {
    "jwt-type": "rsa", "jwt-key-size": "256",
    "access-token-duration": 600, "refresh-token-duration": 86400, "code-duration": 600,
    "allow-non-oidc": True, "subject-type": "public", "jwks-show": True,
    "auth-type-code-enabled": True, "auth-type-token-enabled": False, "auth-type-id-token-enabled": True,
    "auth-type-none-enabled": False, "auth-type-password-enabled": True, "auth-type-client-enabled": True,
    "auth-type-device-enabled": True, "auth-type-refresh-enabled": True,
    "refresh-token-one-use": "always", "refresh-token-rolling": False,
    "device-authorization-expiration": 600, "device-authorization-interval": 1,
    "request-parameter-allow": True, "request-maximum-exp": 3600,
    "client-pubkey-parameter": "pubkey", "client-jwks-parameter": "jwks",
    "client-cert-source": "TLS", "client-cert-use-endpoint-aliases": True,
    "oauth-dpop-allowed": True, "oauth-dpop-iat-duration": 60, "pkce-allowed": True,
    "resource-allowed": True, "resource-scope": {"api:read": ["https://api.example.test"]},
    "introspection-revocation-allowed": True, "introspection-revocation-allow-target-client": True,
    "introspection-revocation-auth-scope": ["introspect"],
}

SCOPES = ["api:read", "api:write", "introspect"]
BOTH = ["api:read", "api:write"]


def prepare(installed, directory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = installed + "/root/usr"
    with open(directory + "/glewlwyd.conf", "w") as out:
        out.write(CONFIGURATION.format(port=port, dir=directory, modules=root + "/lib/glewlwyd"))
    tables = gzip.open(root + "/share/doc/glewlwyd/database/init.sqlite3.sql.gz", "rt").read()
    database = sqlite3.connect(directory + "/glewlwyd.db")
    database.executescript(tables)
    database.close()
    print("https://127.0.0.1:%d" % port)


def text_of(path):
    with open(path) as file:
        return file.read()


def member(number):
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()


def public_key(path):
    """A public key as a JWK (RFC 7518 6, RFC 8037 2), from openssl's DER."""
    der = subprocess.check_output(["openssl", "pkey", "-pubin", "-in", path, "-outform", "DER"])
    if len(der) == 44:
        return {"kty": "OKP", "crv": "Ed25519", "x": member(der[-32:])}
    if len(der) == 91:
        return {"kty": "EC", "crv": "P-256", "x": member(der[-64:-32]), "y": member(der[-32:])}
    # RSA of 2048 bits, exponent 65537: the modulus stands before 5 bytes.
    return {"kty": "RSA", "n": member(der[-261:-5]), "e": member(der[-3:])}


def signer(keys, name, algorithm, kid):
    jwk = {"use": "sig", "alg": algorithm, "kid": kid, **public_key(keys + "/" + name + ".pub")}
    return {"jwks": {"keys": [jwk]}, "token_endpoint_auth_signing_alg": algorithm}


def clients(keys):
    def client(name, secret, method, scope, more=None):
        return {"client_id": name, "name": name, "confidential": True, "enabled": True,
                "password": secret, "client_secret": secret, "scope": scope,
                "authorization_type": ["client_credentials"], "token_endpoint_auth_method": [method],
                "redirect_uri": ["http://127.0.0.1/cb"], **(more or {})}

    no_secret = "unused-but-mandatory"
    return [
        client("cc-basic", "basic-secret", "client_secret_basic", BOTH + ["introspect"]),
        client("cc-post", "post-secret", "client_secret_post", BOTH),
        client("cc-secret-jwt", "a-shared-secret-of-at-least-32-bytes!", "client_secret_jwt", BOTH),
        client("cc-pkjwt-rs256", no_secret, "private_key_jwt", BOTH, signer(keys, "rsa", "RS256", "rs256-1")),
        client("cc-pkjwt-ps256", no_secret, "private_key_jwt", BOTH, signer(keys, "ps256", "PS256", "ps256-1")),
        client("cc-pkjwt-es256", no_secret, "private_key_jwt", BOTH, signer(keys, "es256", "ES256", "es256-1")),
        client("cc-pkjwt-eddsa", no_secret, "private_key_jwt", BOTH, signer(keys, "ed25519", "EdDSA", "ed-1")),
        client("cc-mtls", no_secret, "tls_client_auth", BOTH, {"tls_client_auth_san_dns": "cc-mtls.example.test"}),
        client("cc-readonly", "readonly-secret", "client_secret_basic", ["api:read"]),
        client("no-cc", "no-cc-secret", "client_secret_basic", BOTH,
               {"authorization_type": ["code", "refresh_token", "password", "device_authorization"]}),
        client("code", "code-secret", "client_secret_basic", BOTH,
               {"authorization_type": ["code", "refresh_token"],
                "redirect_uri": ["http://127.0.0.1:%s/cb" % os.environ.get("REDIRECT_PORT", "8401")]}),
        client("desk", "desk-secret", "client_secret_basic", BOTH,
               {"authorization_type": ["device_authorization", "refresh_token"]}),
    ]


def configure(directory, url):
    keys = directory + "/keys"
    tls = ssl.create_default_context(cafile=keys + "/ca.pem")
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls),
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def post(path, body):
        request = urllib.request.Request(url + "/api/" + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        try:
            opener.open(request, timeout=20).read()
        except urllib.error.HTTPError as error:
            sys.exit("glewlwyd: %s %s: %d %s" % (path, body.get("client_id", ""), error.code, error.read().decode()))

    deadline = time.monotonic() + 20
    while True:
        try:
            opener.open(url + "/config", timeout=5).read()
            break
        except OSError as error:
            if time.monotonic() > deadline:
                sys.exit("glewlwyd: no answer from %s: %s" % (url, error))
            time.sleep(0.05)
    post("auth/", {"username": "admin", "password": "password"})
    for scope in SCOPES:
        post("scope/", {"name": scope, "display_name": scope, "password_required": False, "scheme": {}})
    post("mod/plugin/", {"module": "oidc", "name": "oidc", "display_name": "OIDC", "parameters": {
        **PLUGIN, "iss": url + "/api/oidc",
        "key": text_of(keys + "/sign.key"), "cert": text_of(keys + "/sign.pub")}})
    for client in clients(keys):
        post("client/?source=database", client)
    post("user/?source=database", {"username": "user", "name": "A User", "password": "user-password",
                                   "enabled": True, "scope": ["g_profile", "openid", "api:read"]})


if sys.argv[1] == "prepare":
    prepare(*sys.argv[2:])
else:
    configure(*sys.argv[2:])
