/* SPDX-License-Identifier: MIT */
/*
 * lane.c - see lane.h.
 *
 * The trap is whoever hangs.  A place that hangs is lost for the time of a
 * whole request, so it is not enough that lanes take turns: nobody's requests
 * may take all places of one lane, nor all lanes' together.
 */
#include "helper/serve/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/serve/ward.h"
#include "helper/text/url.h"

static void
name_lane(const struct profile *profile, const char *name, char *out,
          size_t size)
{
    const char *url =
        profile->token_endpoint ? profile->token_endpoint : profile->issuer;
    unsigned number = 0;

    if (url && !profile_is_apart(profile)) {
        size_t n = url_origin(url);

        if (n >= size)
            n = size - 1;
        memcpy(out, url, n);
        out[n] = '\0';
        return;
    }
    for (const char *at = name; *at; at++)
        number = number * 31 + (unsigned char)*at;
    (void)snprintf(out, size, "command %u", number % LANE_COMMANDS);
}

struct lane *
lane_find(struct lanes *lanes, const struct profile *profile,
          const char *whose)
{
    char name[512];
    struct lane *lane;
    size_t n;

    name_lane(profile, whose, name, sizeof name);
    lane = (struct lane *)(uintptr_t)table_find(&lanes->names, name, "");
    if (lane)
        return lane;
    n = strlen(name) + 1;
    lane = calloc(1, sizeof *lane + n);
    if (!lane)
        return NULL;
    memcpy(lane->name, name, n);
    lane->in_trouble = true; /* nobody knows yet */
    if (!table_add(&lanes->names, lane->name, "", lane)) {
        free(lane);
        return NULL;
    }
    lane->next = lanes->first;
    lanes->first = lane;
    return lane;
}

static bool
is_asked(enum turn turn)
{
    return turn == TURN_ASKED || turn == TURN_ASKED_AGAIN;
}

static bool
is_again(enum turn turn)
{
    return turn == TURN_ASKED_AGAIN || turn == TURN_DUE_AGAIN;
}

/* Of one kind, and those that it became by lane_doubt(). */
static enum turn
doubted(enum turn turn)
{
    return is_asked(turn) ? TURN_ASKED_AGAIN : TURN_DUE_AGAIN;
}

static enum turn
trusted(enum turn turn)
{
    return is_asked(turn) ? TURN_ASKED : TURN_DUE;
}

static bool
has_place(const struct lane *lane, enum turn turn)
{
    unsigned running = lane->turns[turn].running, max = LANE_MAX;
    unsigned both = lane->turns[trusted(turn)].running +
                    lane->turns[doubted(turn)].running;

    if (strncmp(lane->name, "command ", 8) == 0)
        return running < 1 && both < 2;
    if (lane->in_trouble && !is_asked(turn))
        max = LANE_TROUBLED;
    else if (is_again(turn))
        max = LANE_DOUBTED;
    return running < max && both < LANE_HOST_MAX / 2;
}

/* The same of all lanes together. */
static bool
have_place(const struct lanes *lanes, enum turn turn)
{
    unsigned running = lanes->lines[trusted(turn)].running +
                       lanes->lines[doubted(turn)].running;

    return running <
               (is_asked(turn) ? LANES_ASKED : LANES_MAX - LANES_ASKED) &&
           (!is_again(turn) || lanes->lines[turn].running < LANES_DOUBTED);
}

static void
line_up(struct lanes *lanes, struct lane *lane, enum turn turn)
{
    struct lane_line *line = &lanes->lines[turn];
    struct lane_turn *own = &lane->turns[turn];

    if (own->in_line || !own->first || !has_place(lane, turn))
        return;
    own->in_line = true;
    own->next_in_line = NULL;
    if (line->last)
        line->last->turns[turn].next_in_line = lane;
    else
        line->first = lane;
    line->last = lane;
}

static void
line_up_all(struct lanes *lanes, struct lane *lane)
{
    for (int turn = 0; turn < TURNS; turn++)
        line_up(lanes, lane, (enum turn)turn);
}

/* Does one of those who wait for it have something left of what one user may
 * have under way?  @payer: who. */
static bool
has_payer(const struct ward *ward, struct allowance **payer)
{
    *payer = NULL;
    for (const struct waiter *waiter = ward->waiting; waiter;
         waiter = waiter->next) {
        *payer = waiter->allowance;
        if (!*payer || (*payer)->fetching < ALLOWANCE_FETCHING)
            return true;
    }
    return false;
}

/* Who fails and may not ask yet is told so without a request.  A token that is
 * to be followed by another is for all its readers, and not held up by one who
 * waits for it and has enough under way. */
static enum turn
turn_of(const struct ward *ward, struct now now)
{
    bool is_due = schedule_due(&ward->entry.facts, now) <= now.boot;
    bool fails = ward->is_failing && is_due;
    struct allowance *payer;

    if (ward->waiting &&
        (has_payer(ward, &payer) || !is_due || !ward->generation))
        return fails ? TURN_ASKED_AGAIN : TURN_ASKED;
    return fails ? TURN_DUE_AGAIN : TURN_DUE;
}

static void
put_as(struct lanes *lanes, struct ward *ward, enum turn turn)
{
    struct lane_turn *own = &ward->lane->turns[turn];

    if (ward->in_lane && ward->turn == turn)
        return;
    lane_leave(ward);
    ward->in_lane = true;
    ward->turn = turn;
    ward->next_in_lane = NULL;
    ward->previous_in_lane = own->last;
    if (own->last)
        own->last->next_in_lane = ward;
    else
        own->first = ward;
    own->last = ward;
    line_up(lanes, ward->lane, turn);
}

void
lane_put(struct lanes *lanes, struct ward *ward, struct now now)
{
    put_as(lanes, ward, turn_of(ward, now));
}

void
lane_leave(struct ward *ward)
{
    struct lane_turn *own;

    if (!ward->in_lane)
        return;
    own = &ward->lane->turns[ward->turn];
    if (ward->previous_in_lane)
        ward->previous_in_lane->next_in_lane = ward->next_in_lane;
    else
        own->first = ward->next_in_lane;
    if (ward->next_in_lane)
        ward->next_in_lane->previous_in_lane = ward->previous_in_lane;
    else
        own->last = ward->previous_in_lane;
    ward->in_lane = false;
}

/* Those whose callers are all gone are as if nobody had asked. */
static struct ward *
take(struct lanes *lanes, struct lane *lane, enum turn turn, struct now now,
     struct lane_place *place)
{
    struct ward *ward = lane->turns[turn].first;

    place->payer = NULL;
    while (ward && is_asked(turn) && !has_payer(ward, &place->payer)) {
        struct ward *next = ward->next_in_lane;

        put_as(lanes, ward, turn_of(ward, now));
        ward = next;
    }
    if (!ward)
        return NULL;
    lane_leave(ward);
    place->lane = lane;
    place->turn = turn;
    return ward;
}

static struct lane *
first_in_line(struct lane_line *line, enum turn turn)
{
    struct lane *lane = line->first;

    line->first = lane->turns[turn].next_in_line;
    if (!line->first)
        line->last = NULL;
    lane->turns[turn].in_line = false;
    return lane;
}

/* Once around: a lane whose users have enough under way goes on standing in
 * line, until one of theirs has ended. */
static struct ward *
take_turn(struct lanes *lanes, enum turn turn, struct now now,
          struct lane_place *place)
{
    struct lane_line *line = &lanes->lines[turn];
    const struct lane *end = line->last;
    const struct lane *lane = NULL;

    while (line->first && lane != end && have_place(lanes, turn)) {
        struct lane *first = first_in_line(line, turn);
        struct ward *ward = NULL;

        lane = first;
        if (has_place(first, turn))
            ward = take(lanes, first, turn, now, place);
        if (ward) {
            first->turns[turn].running++;
            line->running++;
            if (place->payer)
                place->payer->fetching++;
        }
        line_up(lanes, first, turn);
        if (ward)
            return ward;
    }
    return NULL;
}

struct ward *
lane_take(struct lanes *lanes, struct now now, struct lane_place *place)
{
    struct ward *ward = NULL;

    for (int turn = 0; turn < TURNS && !ward; turn++)
        ward = take_turn(lanes, (enum turn)turn, now, place);
    return ward;
}

void
lane_doubt(struct lanes *lanes, struct lane_place *place)
{
    enum turn turn = doubted(place->turn);

    place->lane->turns[place->turn].running--;
    lanes->lines[place->turn].running--;
    place->turn = turn;
    place->lane->turns[turn].running++;
    lanes->lines[turn].running++;
    line_up_all(lanes, place->lane);
}

void
lane_end(struct lanes *lanes, const struct lane_place *place,
         enum lane_news news)
{
    place->lane->turns[place->turn].running--;
    lanes->lines[place->turn].running--;
    if (place->payer)
        place->payer->fetching--;
    if (news != LANE_NO_NEWS)
        place->lane->in_trouble = news == LANE_SILENT;
    line_up_all(lanes, place->lane);
}

void
lanes_clear(struct lanes *lanes)
{
    while (lanes->first) {
        struct lane *lane = lanes->first;

        lanes->first = lane->next;
        free(lane);
    }
    table_clear(&lanes->names);
    *lanes = (struct lanes){.first = NULL};
}
