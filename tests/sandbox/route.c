/* SPDX-License-Identifier: MIT */
/*
 * route.c - see route.h.
 *
 * /m/LIST before a path makes it misbehave.  RFC 8414 3.1 puts the well-known
 * part of an issuer's metadata *before* the issuer's own path; asked for in
 * that way, the metadata are good and only name an endpoint that is not.
 */
#include "tests/sandbox/route.h"

#include <inttypes.h>

#include "tests/sandbox/authorize.h"
#include "tests/sandbox/documents.h"
#include "tests/sandbox/endpoint.h"
#include "tests/sandbox/logins.h"

#define PREFIX "/m/"
#define METADATA_PATH "/.well-known/oauth-authorization-server"
#define OPENID_PATH "/.well-known/openid-configuration"
#define TEXT "text/plain"
#define JSON "application/json"

struct visit {
    const struct sandbox *sandbox;
    struct request *request;
    struct misbehaviour *misbehaviour;
    struct span prefix; /* "" or "/m/LIST" */
    const char *path;   /* without it */
};

/* What the LIST of an issuer /m/LIST says. */
static void
read_issuer(const char *issuer, struct misbehaviour *m)
{
    struct tw_error err;

    misbehave_init(m);
    if (strncmp(issuer, PREFIX, strlen(PREFIX)) == 0 &&
        misbehave_add(m, span_of(issuer + strlen(PREFIX)), &err))
        misbehave_clear(m);
}

static void
answer_metadata(const struct visit *visit, struct answer *answer)
{
    const char *after = visit->path + strlen(METADATA_PATH);
    struct span issuer = *after ? span_of(after) : visit->prefix;
    AUTO_MISBEHAVIOUR its;

    read_issuer(after, &its);
    if (its.oidc) {
        answer_text(answer, 404, TEXT, "it has OpenID's alone\n");
        return;
    }
    visit->misbehaviour->no_iss |= its.no_iss; /* they promise what is done */
    answer_text(answer, 200, JSON, "");
    documents_metadata(visit->sandbox, issuer, visit->misbehaviour,
                       &answer->body);
}

static void
answer_openid(const struct visit *visit, struct answer *answer)
{
    answer_text(answer, 200, JSON, "");
    documents_metadata(visit->sandbox, visit->prefix, visit->misbehaviour,
                       &answer->body);
    answer_pad(answer, visit->misbehaviour->big);
}

static void
answer_openapi(const struct visit *visit, struct answer *answer)
{
    answer_text(answer, 200, JSON, "");
    documents_openapi(visit->sandbox, visit->prefix, &answer->body);
}

/* /count: all token requests.  /count/PATH: all requests to /PATH. */
static void
answer_count(const struct visit *visit, struct answer *answer)
{
    struct counter *counter = visit->sandbox->counter;
    const char *path = visit->path + strlen("/count");
    char line[32];

    (void)snprintf(line, sizeof line, "%" PRIu64 "\n",
                   *path ? counter_visits(counter, path)
                         : counter_total(counter));
    answer_text(answer, 200, TEXT, line);
}

static void
answer_log(const struct visit *visit, struct answer *answer)
{
    answer_text(answer, 200, TEXT, "");
    (void)counter_print(visit->sandbox->counter, &answer->body);
}

static void
answer_device(const struct visit *visit, struct answer *answer)
{
    logins_decide(visit->sandbox, visit->path + strlen("/device"), answer);
}

static void
answer_mint(const struct visit *visit, struct answer *answer)
{
    const char *id = visit->path + strlen("/mint");

    logins_mint(visit->sandbox, *id ? id + 1 : id, answer);
}

static void
answer_families(const struct visit *visit, struct answer *answer)
{
    answer_text(answer, 200, TEXT, "");
    (void)families_print(visit->sandbox->families, &answer->body);
}

static const struct place {
    const char *path;
    bool has_more; /* a path may follow */
    void (*answer)(const struct visit *, struct answer *);
} PLACES[] = {
    {METADATA_PATH, true, answer_metadata},
    {OPENID_PATH, false, answer_openid},
    {"/count", true, answer_count},
    {"/device", true, answer_device},
    {"/families", false, answer_families},
    {"/log", false, answer_log},
    {"/mint", true, answer_mint},
    {"/openapi.json", false, answer_openapi},
};

static const struct place *
find_place(const char *path)
{
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        size_t n = strlen(PLACES[i].path);

        if (strncmp(path, PLACES[i].path, n) == 0 &&
            (!path[n] || (PLACES[i].has_more && path[n] == '/')))
            return &PLACES[i];
    }
    return NULL;
}

static void
answer_place(const struct visit *visit, struct answer *answer)
{
    const struct place *place = find_place(visit->path);
    const char *method = visit->request->method;

    if (misbehave_force(visit->misbehaviour, answer))
        return;
    if (!place) {
        answer_text(answer, 404, TEXT, "there is nothing here\n");
    } else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        answer_header(answer, "Allow", "GET, HEAD");
        answer_text(answer, 405, TEXT, "only GET and HEAD\n");
    } else {
        place->answer(visit, answer);
    }
}

/* Where clients ask for something, and a misbehaviour is answered in a way of
 * the place's own. */
static const struct desk {
    const char *path;
    logins_answer *answer;
} DESKS[] = {
    {TOKEN_PATH, endpoint_answer}, {AUTHORIZE_PATH, authorize_answer},
    {DEVICE_PATH, logins_device},  {INTROSPECT_PATH, logins_introspect},
    {REVOKE_PATH, logins_revoke},
};

static const struct desk *
find_desk(const char *path)
{
    for (size_t i = 0; i < sizeof DESKS / sizeof *DESKS; i++) {
        if (strcmp(path, DESKS[i].path) == 0)
            return &DESKS[i];
    }
    return NULL;
}

/* Takes /m/LIST off the path; @list is LIST, absent without a prefix. */
static void
take_prefix(struct visit *visit, struct span *list)
{
    const char *path = visit->request->path, *end = path;

    *list = (struct span){NULL, 0};
    if (strncmp(path, PREFIX, strlen(PREFIX)) == 0) {
        const char *start = path + strlen(PREFIX);

        end = start + strcspn(start, "/");
        *list = (struct span){start, (size_t)(end - start)};
    }
    visit->prefix = (struct span){path, (size_t)(end - path)};
    visit->path = end;
}

static const struct other_endpoint *
find_endpoint(const struct sandbox *sandbox, const char *path)
{
    for (size_t i = 0; i < sandbox->endpoint_count; i++) {
        if (span_is(sandbox->endpoints[i].path, path))
            return &sandbox->endpoints[i];
    }
    return NULL;
}

void
route_answer(const struct sandbox *sandbox, struct request *request,
             struct misbehaviour *m, struct answer *answer)
{
    struct visit visit = {
        .sandbox = sandbox, .request = request, .misbehaviour = m};
    const struct other_endpoint *other;
    struct tw_error err;
    struct span list;
    const struct desk *desk;

    take_prefix(&visit, &list);
    other = find_endpoint(sandbox, visit.path);
    if (other && !list.bytes)
        list = other->list;
    desk = other ? DESKS : find_desk(visit.path);
    if (desk == DESKS) {
        counter_token_request(sandbox->counter, request);
        misbehave_on_top(m, &sandbox->always);
    }
    if (list.bytes && misbehave_add(m, list, &err)) {
        answer_text(answer, 404, TEXT, err.message);
    } else {
        misbehave_settle(m, counter_visit(sandbox->counter, request->path));
        if (!m->location.bytes)
            m->location = span_of(sandbox->token_url);
        if (desk)
            desk->answer(sandbox, request, m, answer);
        else
            answer_place(&visit, answer);
        misbehave_deliver(m, answer);
    }
    counter_log(sandbox->counter, request, answer);
}
