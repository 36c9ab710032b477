#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""verify_jwt.py ALG KEY < JWT: is it signed by ALG with KEY (PEM of a public
key or a certificate, or the text of a secret for HS256)? Prints header and
claims, one JSON object a line. By python3-jwcrypto, which shares no code with
tokenward. Status 77: it is not installed."""
import sys

try:
    from jwcrypto import jwk, jws
except ImportError:
    sys.exit(77)

algorithm, path = sys.argv[1:]
with open(path, "rb") as file:
    text = file.read()
if algorithm == "HS256":
    key = jwk.JWK(kty="oct", k=jws.base64url_encode(text.rstrip(b"\n")))
else:
    key = jwk.JWK.from_pem(text)
token = jws.JWS()
token.allowed_algs = [algorithm]
token.deserialize(sys.stdin.read().strip(), key, algorithm)
print(token.objects["protected"])
print(token.payload.decode())
