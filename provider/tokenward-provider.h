/* SPDX-License-Identifier: MIT */
/*
 * tokenward-provider.h - write a provider: a module that knows one grant.
 *
 * A provider is a shared object that exports one data symbol and no function.
 * It is pure: it opens no socket, reads no file, keeps no clock and never
 * sees a secret or a token.  The helper calls advance() first with
 * TW_EVENT_START, then with what the last action brought; each call answers
 * with one action.  A secret is *named* in a form, and the helper puts its
 * value in while it encodes the form.
 *
 *     static int
 *     advance(const struct tw_host *host, void *state,
 *             const struct tw_event *event, struct tw_action *action)
 *     { ... }
 *
 *     TW_PROVIDER_V1(.name = "my_grant", .summary = "one line",
 *                    .options = OPTIONS, .option_count = 2,
 *                    .advance = advance);
 *
 * Build it with nothing but this header: cc -shared -fPIC.
 *
 * ABI: each major version is one symbol.  A struct that carries its size only
 * ever grows at its end, and each side uses the smaller of the two sizes; the
 * others, tw_option and tw_field, stand in arrays and are frozen.
 *
 * Memory never changes owner.  What an action points to is the module's, or an
 * option's text, and must live until the next call of advance().  What the
 * host hands over stays the host's: an option's text lives as long as the
 * state, all else until advance() returns.
 *
 * Calls: one thread calls advance() of all modules, for one state after the
 * other: it must not wait for anything, and what one exchange has to remember
 * is in its state alone.  It must not call exit(3) or touch stdin, stdout or
 * stderr.  An action that breaks a rule of this header ends the exchange with
 * TW_E_MODULE, and so does the 65th call, or the 8193rd once a person has been
 * told.
 */
#ifndef TOKENWARD_PROVIDER_H
#define TOKENWARD_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#define TW_PROVIDER_VERSION 1

/** enum tw_option_type - what the profile may write as an option's value */
enum tw_option_type {
    TW_OPTION_TEXT = 1, /* one line of text */
    TW_OPTION_URL,      /* absolute URI without a fragment (RFC 3986) */
    TW_OPTION_SCOPE,    /* scope tokens (RFC 6749 3.3), as text or as a list */
    TW_OPTION_URLS,     /* a URL or a list of URLs (RFC 8707) */
    TW_OPTION_SECRET,   /* a secret: by value or by source; never shown here */
    TW_OPTION_COMMAND,  /* a secret: what this list, [PROGRAM, ARGUMENT, ...],
                           prints */
    TW_OPTION_FILE,     /* a secret: what stands in the file at this path */
    TW_OPTION_LOOPBACK, /* a URL that leads back to this host (RFC 8252 7.3):
                           http://127.0.0.1[:PORT][/PATH], or [::1], or
                           localhost */
    TW_OPTION_ENDPOINT, /* a URL of the server's that is asked, or shown to a
                           browser: https, or http to this host where the
                           profile allows that */
};

#define TW_OPTION_REQUIRED 0x1u
/* A SECRET that a platform issues and keeps fresh in a file, which may be a
 * link, root's, and readable by others. */
#define TW_OPTION_ISSUED 0x2u

/** struct tw_option - a key that a profile of this provider may have */
struct tw_option {
    const char *name; /* [a-z][a-z0-9_-]{0,31}; RFC 6749, 7591, 8707 names
                         where there is one */
    uint32_t type;    /* enum tw_option_type */
    uint32_t flags;   /* TW_OPTION_REQUIRED, TW_OPTION_ISSUED */
    const char *help; /* one line */
};

/* What a provider needs of the profile's common keys. */
#define TW_NEEDS_ENDPOINT 0x1u /* token_endpoint */
#define TW_NEEDS_CLIENT 0x2u   /* client_id and a client authentication */
/* Keep the refresh_token of a token's answer, for TW_FIELD_KEPT: it is on the
 * disk before the token is handed out, and the next one replaces it. */
#define TW_KEEPS_REFRESH_TOKEN 0x4u
/* Where no refresh token is kept, a person at `tokenward login`, who is told
 * by TW_ACTION_TELL: advance() is not called without one. */
#define TW_NEEDS_PERSON 0x8u
/* With it: a browser that comes back, for TW_ACTION_AUTHORIZE.  Where it comes
 * back to may be said by an option redirect_uri of type TW_OPTION_LOOPBACK. */
#define TW_NEEDS_REDIRECT 0x10u

/* What tw_host.has() answers: bits. */
#define TW_HAS_SECRET 0x1 /* this option names a secret that may be sent */
#define TW_HAS_KEPT 0x2   /* as "refresh_token": one is kept */

/** struct tw_host - the helper's services, lent for one call */
struct tw_host {
    uint32_t version; /* TW_PROVIDER_VERSION */
    uint32_t size;    /* sizeof (struct tw_host) of the host */
    void *context;    /* the host's own */
    /* The @index-th value of an option, from 0; NULL when there is none: one
     * line of text.  A scope is one value, joined by single spaces.  Of the
     * common keys client_id, issuer and token_endpoint are given as well.  A
     * secret is never given. */
    const char *(*option)(const struct tw_host *host, const char *name,
                          size_t index);
    /* A text or number member of the last JSON answer, as text; NULL when it
     * is absent, holds a control character, or is a token (access_token,
     * refresh_token, id_token, device_code).  Of a number the part before the
     * point. */
    const char *(*member)(const struct tw_host *host, const char *name);
    /* TW_HAS_..., or 0.  What it is is not told. */
    int (*has)(const struct tw_host *host, const char *name);
};

/** enum tw_event_kind - what happened since the last action */
enum tw_event_kind {
    TW_EVENT_START = 1,  /* nothing yet */
    TW_EVENT_TOKEN,      /* the answer holds a valid token (RFC 6749 5.1) */
    TW_EVENT_REFUSED,    /* the answer is an OAuth error (RFC 6749 5.2) */
    TW_EVENT_WAITED,     /* the wait is over */
    TW_EVENT_ANSWER,     /* to TW_POST_ANSWER: it went well; see member() */
    TW_EVENT_TOLD,       /* the person has been shown what TELL said */
    TW_EVENT_AUTHORIZED, /* the person has logged in, and a code is there for
                            TW_FIELD_AUTHORIZED */
};

struct tw_event {
    uint32_t size;
    uint32_t kind;     /* enum tw_event_kind */
    const char *error; /* REFUSED: the error code, printable ASCII */
};

/** enum tw_field_kind - where a form field's value comes from */
enum tw_field_kind {
    TW_FIELD_TEXT = 1, /* value: the text itself */
    TW_FIELD_SECRET,   /* value: the name of a secret option of the profile */
    TW_FIELD_MEMBER,   /* value: the name of a text member of the last answer,
                          or of the last one to TW_POST_ANSWER; where the
                          server sent none, it ends as the server's fault */
    TW_FIELD_KEPT,     /* value: "refresh_token", the one that is kept */
    TW_FIELD_SIGNED,   /* value: a JSON object of claims; the helper adds iat,
                          exp and jti, signs it with the profile's key and
                          sends the JWT (RFC 7515 7.1) */
    TW_FIELD_AUTHORIZED, /* value: "code", "redirect_uri" or "code_verifier"
                            of the last TW_ACTION_AUTHORIZE (RFC 6749 4.1.3,
                            RFC 7636 4.5) */
};

struct tw_field {
    const char *name;
    const char *value;
    uint32_t kind; /* enum tw_field_kind */
    uint32_t reserved;
};

#define TW_FIELDS_MAX 64 /* fields in one form, 8 of them not TEXT */

/** enum tw_action_kind - what the helper shall do next */
enum tw_action_kind {
    TW_ACTION_POST = 1, /* send fields to url (NULL: token_endpoint); the
                           helper adds the client authentication */
    TW_ACTION_WAIT,     /* wait_ms, or longer if the last answer asks for that
                           (Retry-After), then TW_EVENT_WAITED */
    TW_ACTION_DONE,     /* the token of the last answer is the token */
    TW_ACTION_FAIL,     /* give up; the helper reports the last answer's
                           error, or else text: as the profile's fault,
                           if nothing was asked yet */
    TW_ACTION_TELL, /* of who TW_NEEDS_PERSON or keeps a refresh token: show
                       a person text, url and code; without a person the
                       exchange ends, and they are told to log in */
    TW_ACTION_TAKE, /* what the secret option named by text holds *is* the
                       answer: a JSON object as an endpoint sends it, or
                       the bare token; then TW_EVENT_TOKEN */
    TW_ACTION_AUTHORIZE, /* of who TW_NEEDS_REDIRECT: send a person's browser
                            to url, an authorization endpoint (RFC 6749
                            4.1.1), with fields of kind TEXT; the helper adds
                            response_type, client_id, redirect_uri, state and
                            an S256 challenge.  Then TW_EVENT_AUTHORIZED; what
                            the endpoint refuses ends the exchange */
};

/* Flags of TW_ACTION_POST: no token is asked for, and any JSON object that is
 * no error, or nothing at all, is a good answer; without the client's
 * authentication; a token of type N_A is good (RFC 8693 2.2.1), for member()
 * says what it is. */
#define TW_POST_ANSWER 0x1u
#define TW_POST_NO_CLIENT 0x2u
#define TW_POST_UNTYPED 0x4u

struct tw_action {
    uint32_t size; /* set by the host; how much of the struct it reads */
    uint32_t kind; /* enum tw_action_kind */
    const char *url;
    const struct tw_field *fields;
    size_t field_count;
    int64_t wait_ms;  /* WAIT: 0 to 600,000 */
    const char *text; /* FAIL: why, one line; TELL: 120 bytes are shown, or
                         NULL; TAKE: an option's name */
    uint32_t flags;   /* POST: TW_POST_...; unknown ones are refused */
    uint32_t reserved;
    const char *code; /* TELL: what the person types, 1 to 64 printable ASCII
                         characters, or NULL */
    int64_t valid_s;  /* TELL: seconds url and code are good, 0: unknown */
    const char *scan; /* TELL: url with the code in it, to be scanned, or
                         NULL */
};

/** struct tw_provider_v1 - what a module is */
struct tw_provider_v1 {
    uint32_t version; /* TW_PROVIDER_VERSION, set by the macro */
    uint32_t size;    /* sizeof (struct tw_provider_v1), set by the macro */
    const char *name; /* [a-z][a-z0-9_-]{0,31}, the file's without its .so */
    const char *summary;
    uint32_t needs;                  /* TW_NEEDS_... */
    uint32_t option_count;           /* at most 64 */
    const struct tw_option *options; /* sorted by name */
    size_t state_size; /* zeroed memory for each exchange, at most 64 KiB */
    /* Returns 0, or another number when the module itself is broken. */
    int (*advance)(const struct tw_host *host, void *state,
                   const struct tw_event *event, struct tw_action *action);
};

#define TW_PROVIDER_V1(...)                                  \
    extern const struct tw_provider_v1 tokenward_provider_v1 \
        __attribute__((visibility("default")));              \
    const struct tw_provider_v1 tokenward_provider_v1 = {    \
        .version = TW_PROVIDER_VERSION,                      \
        .size = sizeof(struct tw_provider_v1),               \
        __VA_ARGS__}

#endif
