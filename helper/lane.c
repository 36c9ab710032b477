/* SPDX-License-Identifier: MIT */
/*
 * lane.c - wards in line for one endpoint; see ward.h.
 *
 * The trap is an endpoint that hangs, or one tenant with very many profiles:
 * lanes take turns, and one in trouble has a single request under way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/ward.h"

static void
name_lane(const struct profile *profile, const char *name, char *out,
          size_t size)
{
    const char *url =
        profile->token_endpoint ? profile->token_endpoint : profile->issuer;
    const char *host;
    unsigned number = 0;

    if (url && !ward_is_apart(profile)) {
        host = strstr(url, "://");
        host = host ? host + 3 : url;
        (void)snprintf(out, size, "%.*s",
                       (int)((host - url) + (ptrdiff_t)strcspn(host, "/?")),
                       url);
        return;
    }
    for (const char *at = name; *at; at++)
        number = number * 31 + (unsigned char)*at;
    (void)snprintf(out, size, "command %u", number % LANE_COMMANDS);
}

struct lane *
lane_find(struct wards *wards, const struct profile *profile,
          const char *whose)
{
    char name[512];
    struct lane *lane;
    size_t n;

    name_lane(profile, whose, name, sizeof name);
    lane = (struct lane *)(uintptr_t)table_find(&wards->lane_names, name, "");
    if (lane)
        return lane;
    n = strlen(name) + 1;
    lane = calloc(1, sizeof *lane + n);
    if (!lane)
        return NULL;
    memcpy(lane->name, name, n);
    if (!table_add(&wards->lane_names, lane->name, "", lane)) {
        free(lane);
        return NULL;
    }
    lane->next = wards->lanes;
    wards->lanes = lane;
    return lane;
}

static unsigned
lane_max(const struct lane *lane)
{
    return lane->in_trouble || strncmp(lane->name, "command ", 8) == 0
               ? 1
               : LANE_MAX;
}

static void
line_up(struct wards *wards, struct lane *lane)
{
    if (lane->in_line || !lane->first || lane->running >= lane_max(lane))
        return;
    lane->in_line = true;
    lane->next_in_line = NULL;
    if (wards->line_last)
        wards->line_last->next_in_line = lane;
    else
        wards->line_first = lane;
    wards->line_last = lane;
}

void
lane_put(struct wards *wards, struct ward *ward)
{
    struct lane *lane = ward->lane;

    if (ward->in_lane)
        return;
    ward->in_lane = true;
    ward->next_in_lane = NULL;
    if (lane->last)
        lane->last->next_in_lane = ward;
    else
        lane->first = ward;
    lane->last = ward;
    line_up(wards, lane);
}

void
lane_leave(struct ward *ward)
{
    struct ward **at = &ward->lane->first, *last = NULL;

    if (!ward->in_lane)
        return;
    while (*at && *at != ward) {
        last = *at;
        at = &(*at)->next_in_lane;
    }
    *at = ward->next_in_lane;
    if (ward->lane->last == ward)
        ward->lane->last = last;
    ward->in_lane = false;
}

void
lane_put_first(struct wards *wards, struct ward *ward)
{
    struct lane *lane = ward->lane;

    lane_leave(ward);
    ward->in_lane = true;
    ward->next_in_lane = lane->first;
    lane->first = ward;
    if (!lane->last)
        lane->last = ward;
    line_up(wards, lane);
}

static struct ward *
take_first(struct lane *lane)
{
    struct ward *ward = lane->first;

    if (ward) {
        lane->first = ward->next_in_lane;
        if (!lane->first)
            lane->last = NULL;
        ward->in_lane = false;
    }
    return ward;
}

struct ward *
lane_take(struct wards *wards)
{
    while (wards->line_first) {
        struct lane *lane = wards->line_first;
        struct ward *ward;

        wards->line_first = lane->next_in_line;
        if (!wards->line_first)
            wards->line_last = NULL;
        lane->in_line = false;
        if (lane->running >= lane_max(lane) || !(ward = take_first(lane)))
            continue;
        lane->running++;
        line_up(wards, lane);
        return ward;
    }
    return NULL;
}

void
lane_end(struct wards *wards, struct lane *lane, bool in_trouble)
{
    lane->running--;
    lane->in_trouble = in_trouble;
    line_up(wards, lane);
}
