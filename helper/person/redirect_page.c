/* SPDX-License-Identifier: MIT */
/*
 * redirect_page.c - see redirect_page.h.  Nothing that came in goes out again:
 * a page is one of these, runs and loads nothing, and stands in no other
 * site's frame.
 */
#include "helper/person/redirect_page.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_MAX 2048

static const struct {
    const char *status, *title, *text;
} PAGES[] = {
    [PAGE_THANKS] = {"200 OK", "Thank you",
                     "The answer has arrived. Go on at the terminal; this "
                     "window can be closed."},
    [PAGE_REFUSED] = {"200 OK", "Not logged in",
                      "The server refused. The terminal says why; this "
                      "window can be closed."},
    [PAGE_NOT_ASKED] = {"400 Bad Request", "Not this login",
                        "This is no answer to the login that is waited for "
                        "here. Start with the address that the terminal "
                        "shows."},
    [PAGE_BROKEN] = {"400 Bad Request", "Not understood",
                     "This is no answer of an authorization server."},
    [PAGE_NOT_HERE] = {"404 Not Found", "Nothing here",
                       "A login is waited for here, and nothing else."},
    [PAGE_NO_GET] = {"405 Method Not Allowed", "Not understood",
                     "Only GET is answered here."},
    [PAGE_TOO_LONG] = {"431 Request Header Fields Too Large", "Too much",
                       "The browser sent more than is read here, perhaps "
                       "cookies of this host. Use a private window, or paste "
                       "this window's address at the terminal."},
};

void
redirect_page_send(int fd, enum page page)
{
    char body[ANSWER_MAX / 2], answer[ANSWER_MAX];
    int n, length = snprintf(body, sizeof body,
                             "<!DOCTYPE html>\n"
                             "<html lang=\"en\"><head><meta "
                             "charset=\"utf-8\"><meta name=\"viewport\" "
                             "content=\"width=device-width\"><meta "
                             "name=\"color-scheme\" content=\"light dark\">"
                             "<title>%s</title></head>\n"
                             "<body><h1>%s</h1><p>%s</p></body></html>\n",
                             PAGES[page].title, PAGES[page].title,
                             PAGES[page].text);

    n = snprintf(answer, sizeof answer,
                 "HTTP/1.1 %s\r\n"
                 "Content-Type: text/html; charset=utf-8\r\n"
                 "Content-Length: %d\r\n"
                 "%s"
                 "Cache-Control: no-store\r\n"
                 "Content-Security-Policy: default-src 'none'; "
                 "frame-ancestors 'none'\r\n"
                 "Referrer-Policy: no-referrer\r\n"
                 "X-Content-Type-Options: nosniff\r\n"
                 "Connection: close\r\n"
                 "\r\n"
                 "%s",
                 PAGES[page].status, length,
                 page == PAGE_NO_GET ? "Allow: GET\r\n" : "", body);
    (void)!send(fd, answer, (size_t)n, MSG_NOSIGNAL);
    (void)shutdown(fd, SHUT_WR);
}
