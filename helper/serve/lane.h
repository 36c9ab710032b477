/* SPDX-License-Identifier: MIT */
/*
 * lane.h - wards in line for one endpoint, and whose turn it is.
 *
 * An endpoint may hang, for all of its profiles or for those of one tenant;
 * one tenant may have very many profiles, or ask for all of them at once.  So
 * what somebody waits for has places that no other has, what failed the last
 * time or has not answered for a while has few of its own, one user has so
 * many, and lanes take turns.
 */
#ifndef TW_HELPER_LANE_H
#define TW_HELPER_LANE_H

#include <stdbool.h>

#include "helper/base/table.h"
#include "helper/serve/allowance.h"
#include "provider/base/clock.h"

#define LANE_MAX 8       /* at once, of those that are due */
#define LANE_TROUBLED 2  /* the same, until the endpoint has answered again */
#define LANE_DOUBTED 4   /* of those that failed before */
#define LANE_HOST_MAX 32 /* at once in all, the doubtful ones included */
#define LANE_COMMANDS 16 /* lanes of what may take its time, one at a time */
#define LANE_DOUBT_MS 2000 /* without an end: its place is for others */
#define LANES_MAX 256  /* at once, as many as the engine runs; of which ... */
#define LANES_ASKED 96 /* ... those that somebody waits for, and ... */
#define LANES_DOUBTED 32 /* ... those that failed before, of either kind */

struct profile;
struct ward;

/* By who waits, and by how it went before. */
enum turn { TURN_ASKED, TURN_ASKED_AGAIN, TURN_DUE, TURN_DUE_AGAIN, TURNS };

struct lane_turn {
    struct ward *first, *last; /* waiting */
    unsigned running;
    struct lane *next_in_line; /* of those where one could begin */
    bool in_line;
};

struct lane {
    struct lane *next; /* of all */
    struct lane_turn turns[TURNS];
    unsigned revoking; /* requests of that kind, see serve_revoke.h */
    bool in_trouble;   /* the last one that ran found no answer, or none did */
    char name[];       /* scheme, host and port, or "command N" */
};

struct lane_line {
    struct lane *first, *last;
    unsigned running; /* of all lanes */
};

struct lanes {
    struct lane *first;
    struct table names;
    struct lane_line lines[TURNS];
};

/* What one that runs takes up. */
struct lane_place {
    struct lane *lane;
    enum turn turn;
    struct allowance *payer; /* of the user who asked; NULL: nobody's */
};

/* What its end says of the endpoint. */
enum lane_news { LANE_NO_NEWS, LANE_ANSWERED, LANE_SILENT };

/* lane_find: the one of @profile's endpoint, made if it is missing; of what
 * may take its time, one by the name @whose.  NULL: out of memory. */
struct lane *lane_find(struct lanes *lanes, const struct profile *profile,
                       const char *whose);

/* lane_put: @ward stands in its lane, behind those of its kind; one that
 * stands there as that kind already keeps its place. */
void lane_put(struct lanes *lanes, struct ward *ward, struct now now);

/* lane_leave: @ward stands in no lane any more. */
void lane_leave(struct ward *ward);

/* lane_take: whose turn it is, with the place that it takes until lane_end();
 * NULL: nobody's. */
struct ward *lane_take(struct lanes *lanes, struct now now,
                       struct lane_place *place);

/* lane_doubt: it has run for LANE_DOUBT_MS. */
void lane_doubt(struct lanes *lanes, struct lane_place *place);

void lane_end(struct lanes *lanes, const struct lane_place *place,
              enum lane_news news);

void lanes_clear(struct lanes *lanes);

#endif
