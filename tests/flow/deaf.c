/* SPDX-License-Identifier: MIT */
/*
 * deaf.c - name servers on 127.0.0.2 to 127.0.0.4 that never answer.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIFE_S 60

int
main(void)
{
    for (uint32_t host = 2; host <= 4; host++) {
        struct sockaddr_in address = {
            .sin_family = AF_INET,
            .sin_port = htons(53),
            .sin_addr.s_addr = htonl(0x7f000000 + host),
        };
        int fd = socket(AF_INET, SOCK_DGRAM, 0);

        if (fd < 0 ||
            bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
            return 1;
    }
    (void)sleep(LIFE_S);
    return 0;
}
