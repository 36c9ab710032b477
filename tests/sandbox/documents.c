/* SPDX-License-Identifier: MIT */
/*
 * documents.c - see documents.h.
 *
 * The documents are written with ' for " and ^ for the issuer, so that they
 * can be read here; neither stands in them otherwise.
 */
#include "tests/sandbox/documents.h"

#include "tests/sandbox/authorize.h"
#include "tests/sandbox/json.h"
#include "tests/sandbox/logins.h"

static const char METADATA[] =
    ",\n"
    " 'code_challenge_methods_supported': ['S256'],\n"
    " 'revocation_endpoint': '^/oauth/v1/revoke',\n"
    " 'introspection_endpoint': '^/oauth/v1/introspect',\n"
    " 'grant_types_supported': ['authorization_code', 'client_credentials',\n"
    "  'password', 'refresh_token',\n"
    "  'urn:ietf:params:oauth:grant-type:device_code',\n"
    "  'urn:ietf:params:oauth:grant-type:jwt-bearer',\n"
    "  'urn:ietf:params:oauth:grant-type:token-exchange'],\n"
    " 'response_types_supported': ['code'],\n"
    " 'service_documentation': '^/openapi.json',\n"
    " 'scopes_supported': [";

static const char METHODS[] =
    ",\n"
    " 'token_endpoint_auth_methods_supported':\n"
    "  ['client_secret_post', 'client_secret_basic', 'client_secret_jwt',\n"
    "   'private_key_jwt', 'self_signed_tls_client_auth', 'none']";

static const char OPENAPI[] =
    "{\n"
    " 'openapi': '3.0.3',\n"
    " 'info': {\n"
    "  'title': 'tokenward sandbox: OAuth 2.0 token endpoint',\n"
    "  'version': '1',\n"
    "  'license': {'name': 'MIT'},\n"
    "  'description': 'Client credentials (RFC 6749 4.4). "
    "The token may be used until expires_in seconds after it was made; "
    "there is no refresh token.'\n"
    " },\n"
    " 'servers': [{'url': '^'}],\n"
    " 'paths': {\n"
    "  '" TOKEN_PATH "': {\n"
    "   'post': {\n"
    "    'operationId': 'getToken',\n"
    "    'summary': 'Get an access token',\n"
    "    'security': [{}, {'basic': []}],\n"
    "    'requestBody': {\n"
    "     'required': true,\n"
    "     'content': {'application/x-www-form-urlencoded': {\n"
    "      'schema': {'$ref': '#/components/schemas/Request'}}}\n"
    "    },\n"
    "    'responses': {\n"
    "     '200': {\n"
    "      'description': 'The token. Cache-Control: no-store.',\n"
    "      'content': {'application/json': {\n"
    "       'schema': {'$ref': '#/components/schemas/Token'}}}\n"
    "     },\n"
    "     '400': {'$ref': '#/components/responses/Refused'},\n"
    "     '401': {\n"
    "      'description': 'invalid_client: unknown client_id, wrong "
    "client_secret, or one of the wrong format. The body is sent as "
    "application/json but is not valid JSON: a comma is missing between "
    "its members, and one too many follows them.',\n"
    "      'content': {'application/json': {'schema': {}}}\n"
    "     },\n"
    "     '405': {'$ref': '#/components/responses/Refused'},\n"
    "     '413': {'$ref': '#/components/responses/Refused'}\n"
    "    }\n"
    "   }\n"
    "  }\n"
    " },\n"
    " 'components': {\n"
    "  'securitySchemes': {\n"
    "   'basic': {\n"
    "    'type': 'http',\n"
    "    'scheme': 'basic',\n"
    "    'description': 'client_secret_basic: instead of client_id and "
    "client_secret in the body, never together with them.'\n"
    "   }\n"
    "  },\n"
    "  'responses': {\n"
    "   'Refused': {\n"
    "    'description': 'invalid_request, unsupported_grant_type or "
    "invalid_scope',\n"
    "    'content': {'application/json': {\n"
    "     'schema': {'$ref': '#/components/schemas/Error'}}}\n"
    "   }\n"
    "  },\n"
    "  'schemas': {\n"
    "   'Request': {\n"
    "    'type': 'object',\n"
    "    'required': ['grant_type', 'scope'],\n"
    "    'properties': {\n"
    "     'grant_type': {'type': 'string', "
    "'enum': ['client_credentials']},\n"
    "     'client_id': {'type': 'string', "
    "'example': '" CLIENT_ID "'},\n"
    "     'client_secret': {'type': 'string', 'format': 'password'},\n"
    "     'scope': {\n"
    "      'type': 'string',\n"
    "      'description': 'Separated by spaces.',\n"
    "      'example': 'payments wallet'\n"
    "     }\n"
    "    }\n"
    "   },\n"
    "   'Token': {\n"
    "    'type': 'object',\n"
    "    'required': ['access_token', 'token_type', 'expires_in', "
    "'scope'],\n"
    "    'properties': {\n"
    "     'access_token': {'type': 'string'},\n"
    "     'token_type': {'type': 'string', 'enum': ['Bearer']},\n"
    "     'expires_in': {'type': 'integer', "
    "'description': 'Seconds from now.'},\n"
    "     'scope': {'type': 'string'}\n"
    "    }\n"
    "   },\n"
    "   'Error': {\n"
    "    'type': 'object',\n"
    "    'required': ['error', 'error_description'],\n"
    "    'properties': {\n"
    "     'error': {'type': 'string', 'enum': ['invalid_request', "
    "'unsupported_grant_type', 'invalid_scope']},\n"
    "     'error_description': {'type': 'string'}\n"
    "    }\n"
    "   }\n"
    "  }\n"
    " }\n"
    "}\n";

static void
expand(struct secret *out, const char *text, const char *url,
       struct span prefix)
{
    for (; *text; text++) {
        if (*text == '^') {
            (void)secret_append_text(out, url);
            (void)secret_append(out, prefix.bytes, prefix.len);
        } else {
            (void)secret_append(out, *text == '\'' ? "\"" : text, 1);
        }
    }
}

/* Does a client before the @nth already have this scope? */
static bool
was_named(const struct clients *clients, size_t nth, struct span scope)
{
    for (size_t i = 0; i < nth; i++) {
        if (client_may(&clients->rows[i], scope))
            return true;
    }
    return false;
}

/* @other: what misbehaviour says instead. */
static void
put_url(struct secret *out, const char *name, struct span other,
        const struct secret *issuer, const char *path)
{
    AUTO_SECRET url = SECRET_INIT(ANSWER_BODY_MAX);

    (void)secret_append(&url, issuer->bytes, issuer->len);
    (void)secret_append_text(&url, path);
    if (!span_is(other, "none"))
        (void)json_member(out, name,
                          other.bytes ? other : span_of(secret_text(&url)));
}

void
documents_metadata(const struct sandbox *sandbox, struct span prefix,
                   const struct misbehaviour *m, struct secret *out)
{
    const struct clients *clients = &sandbox->clients;
    const char *comma = "";

    AUTO_SECRET issuer = SECRET_INIT(ANSWER_BODY_MAX);

    expand(&issuer, "^", sandbox->url, prefix);
    (void)secret_append_text(out, "{");
    put_url(out, "issuer", m->issuer, &issuer, "");
    put_url(out, "authorization_endpoint", m->authorize, &issuer,
            AUTHORIZE_PATH);
    put_url(out, "device_authorization_endpoint", m->device, &issuer,
            DEVICE_PATH);
    put_url(out, "token_endpoint", m->endpoint, &issuer, TOKEN_PATH);
    if (!m->no_iss)
        (void)json_raw_member(out,
                              "authorization_response_iss_parameter_supported",
                              span_of("true"));
    if (!m->no_methods)
        expand(out, METHODS, sandbox->url, prefix);
    expand(out, METADATA, sandbox->url, prefix);
    for (size_t i = 0; i < clients->n; i++) {
        struct span rest = clients->rows[i].scopes, word = span_word(&rest);

        for (; word.bytes; word = span_word(&rest)) {
            if (was_named(clients, i, word))
                continue;
            (void)secret_append_text(out, comma);
            (void)json_string(out, word);
            comma = ", ";
        }
    }
    (void)secret_append_text(out, "]\n}\n");
}

void
documents_openapi(const struct sandbox *sandbox, struct span prefix,
                  struct secret *out)
{
    expand(out, OPENAPI, sandbox->url, prefix);
}
