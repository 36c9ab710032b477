/* SPDX-License-Identifier: MIT */
/*
 * authorize.c - see authorize.h.
 *
 * Who asks and where the answer goes are looked at first: while one of them is
 * wrong, nobody is sent anywhere (RFC 6749 4.1.2.1).  Everything else is told
 * to the client, by way of the browser.  Nobody is asked: the person who would
 * log in here agrees at once, unless `error` says otherwise.
 *
 * RFC 6749 4.1.1, 4.1.2; RFC 7636 4.3, 4.4, with S256 and never without;
 * RFC 9207 2.
 */
#include "tests/sandbox/authorize.h"

#include "tests/sandbox/challenge.h"
#include "tests/sandbox/codes.h"
#include "tests/sandbox/form.h"
#include "tests/sandbox/loopback.h"

#define ISSUER_MAX 65536 /* as long as a path */

struct asking {
    const struct sandbox *sandbox;
    const struct request *request;
    const struct misbehaviour *misbehaviour;
    struct form form;
    const struct client *client;
};

/* What the client is told; both absent: nothing is wrong. */
struct problem {
    struct span error, description;
};

static struct span
value(const struct asking *asking, const char *name)
{
    return form_value(&asking->form, name);
}

/* Absent: any that the client may have. */
static struct span
scope_of(const struct asking *asking)
{
    struct span scope = value(asking, "scope");

    return scope.bytes ? scope : asking->client->scopes;
}

static bool
may_have(const struct asking *asking)
{
    struct span rest = scope_of(asking), word;

    if (rest.len >= CODES_SCOPE_MAX)
        return false;
    for (word = span_word(&rest); word.bytes; word = span_word(&rest)) {
        if (!client_may(asking->client, word))
            return false;
    }
    return true;
}

static bool
repeats(const struct asking *asking)
{
    static const char *const ONCE[] = {"code_challenge",
                                       "code_challenge_method",
                                       "response_type", "scope", "state"};

    for (size_t i = 0; i < sizeof ONCE / sizeof *ONCE; i++) {
        if (form_repeats(&asking->form, ONCE[i]))
            return true;
    }
    return false;
}

static struct problem
problem_of(const char *error, const char *description)
{
    return (struct problem){span_of(error), span_of(description)};
}

static struct problem
find_problem(const struct asking *asking)
{
    const struct misbehaviour *m = asking->misbehaviour;
    struct span type = value(asking, "response_type");

    if (m->error.bytes || m->description.bytes)
        return (struct problem){m->error, m->description};
    if (repeats(asking))
        return problem_of("invalid_request", "Parameter repeated.");
    if (!type.bytes)
        return problem_of("invalid_request",
                          "Parameter response_type not provided.");
    if (!span_is(type, "code"))
        return problem_of("unsupported_response_type",
                          "Response type not supported.");
    if (!span_is(value(asking, "code_challenge_method"), "S256"))
        return problem_of("invalid_request", "Code challenge is not S256.");
    if (!challenge_is_well_formed(value(asking, "code_challenge")))
        return problem_of("invalid_request",
                          "Code challenge missing or malformed.");
    if (!may_have(asking))
        return problem_of("invalid_scope", "Scope not granted to the client.");
    return (struct problem){{NULL, 0}, {NULL, 0}};
}

static void
put(struct secret *location, const char *name, struct span text)
{
    if (!text.bytes)
        return;
    (void)secret_append_text(location,
                             strchr(secret_text(location), '?') ? "&" : "?");
    (void)secret_append_text(location, name);
    (void)secret_append_text(location, "=");
    (void)url_encode(location, text);
}

/* @other: what misbehaviour says instead. */
static void
put_or(struct secret *location, const char *name, struct span other,
       struct span text)
{
    if (!span_is(other, "none"))
        put(location, name, other.bytes ? other : text);
}

/* This issuer's path is what stands before ours. */
static void
put_issuer(const struct asking *asking, struct secret *location)
{
    const struct misbehaviour *m = asking->misbehaviour;
    AUTO_SECRET issuer = SECRET_INIT(ISSUER_MAX);
    const char *path = asking->request->path;

    (void)secret_append_text(&issuer, asking->sandbox->url);
    (void)secret_append(&issuer, path, strlen(path) - strlen(AUTHORIZE_PATH));
    if (!m->no_iss)
        put_or(location, "iss", m->iss,
               (struct span){issuer.bytes, issuer.len});
}

static void
send_back(const struct asking *asking, const struct problem *problem,
          struct span code, struct answer *answer)
{
    const struct misbehaviour *m = asking->misbehaviour;
    struct span uri = value(asking, "redirect_uri");
    struct secret *location = &answer->location;

    (void)secret_append(location, uri.bytes, uri.len);
    if (code.bytes)
        put_or(location, "code", m->code, code);
    put(location, "error", problem->error);
    put(location, "error_description", problem->description);
    put_or(location, "state", m->state, value(asking, "state"));
    put_issuer(asking, location);
    (void)secret_append(location, m->query.bytes, m->query.len);
    answer->status = 302;
    answer_header(answer, "Location", secret_text(location));
}

static void
decide(const struct asking *asking, struct answer *answer)
{
    const struct misbehaviour *m = asking->misbehaviour;
    const struct code_terms terms = {
        .client = asking->client,
        .redirect_uri = value(asking, "redirect_uri"),
        .challenge = value(asking, "code_challenge"),
        .scope = scope_of(asking),
        .life_ms = m->code_life < 0 ? CODES_LIFE_MS : m->code_life};
    struct problem problem = find_problem(asking);
    AUTO_SECRET code = SECRET_INIT(TOKEN_LEN);

    if (problem.error.bytes || problem.description.bytes ||
        codes_issue(asking->sandbox->codes, &terms, &code))
        send_back(asking, &problem, (struct span){code.bytes, code.len},
                  answer);
}

/* NULL when it may go on; else why the person is shown a page. */
static const char *
find_obstacle(const struct asking *asking)
{
    struct span uri = value(asking, "redirect_uri");

    if (!asking->client || form_repeats(&asking->form, "client_id"))
        return "client_id is missing or unknown";
    if (!loopback_is_uri(uri) || uri.len >= CODES_URI_MAX ||
        form_repeats(&asking->form, "redirect_uri"))
        return "redirect_uri is not one of this host's own";
    return NULL;
}

static void
show(struct answer *answer, unsigned status, const char *what)
{
    answer_text(answer, status, "text/html",
                "<!DOCTYPE html>\n<html><head><title>Sandbox</title></head>"
                "<body><h1>Nobody can log in here</h1><p>");
    (void)secret_append_text(&answer->body, what);
    (void)secret_append_text(&answer->body, "</p></body></html>\n");
}

void
authorize_answer(const struct sandbox *sandbox, struct request *request,
                 const struct misbehaviour *m, struct answer *answer)
{
    AUTO_SECRET query = SECRET_INIT(REQUEST_BODY_MAX);
    struct asking asking = {
        .sandbox = sandbox, .request = request, .misbehaviour = m};
    const char *obstacle;

    answer_header(answer, "Cache-Control", "no-store");
    if (!m->error.bytes && !m->description.bytes && misbehave_force(m, answer))
        return;
    if (strcmp(request->method, "GET") != 0) {
        answer_header(answer, "Allow", "GET");
        show(answer, 405, "only GET");
        return;
    }
    if (!request->query(request, &query) ||
        !form_parse(&asking.form, query.bytes, query.len)) {
        show(answer, 400, "the query is not a form");
        return;
    }
    asking.client =
        clients_find_id(&sandbox->clients, value(&asking, "client_id"));
    obstacle = find_obstacle(&asking);
    if (obstacle)
        show(answer, 400, obstacle);
    else
        decide(&asking, answer);
}
