/* SPDX-License-Identifier: MIT */
/*
 * redirect_page.h - what the browser of a login is shown when it comes back.
 */
#ifndef TW_HELPER_REDIRECT_PAGE_H
#define TW_HELPER_REDIRECT_PAGE_H

enum page {
    PAGE_THANKS = 0,
    PAGE_REFUSED,
    PAGE_NOT_ASKED,
    PAGE_BROKEN,
    PAGE_NOT_HERE,
    PAGE_NO_GET,
    PAGE_TOO_LONG,
};

/* redirect_page_send: @fd does not block; who does not take it gets none. */
void redirect_page_send(int fd, enum page page);

#endif
