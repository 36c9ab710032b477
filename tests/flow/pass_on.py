# SPDX-License-Identifier: MIT
"""A descriptor that one user connected to the doorbell, in another one's hands.

usage: pass_on.py DOORBELL USER OTHER PACKET

USER connects; a process of OTHER's, which is handed the descriptor over
another socket, asks, and prints the answer.
"""
import os
import pwd
import socket
import sys


def become(name):
    uid = int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid
    gid = uid and pwd.getpwuid(uid).pw_gid
    os.setgroups(os.getgrouplist(pwd.getpwuid(uid).pw_name, gid))
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


DOORBELL, USER, OTHER, PACKET = sys.argv[1:5]
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
if os.fork() == 0:
    become(USER)
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    caller.connect(DOORBELL)
    socket.send_fds(ours, [b"x"], [caller.fileno()])
    os._exit(0)
os.wait()
become(OTHER)
_, fds, _, _ = socket.recv_fds(theirs, 1, 1)
caller = socket.socket(fileno=fds[0])
caller.settimeout(20)
caller.send(PACKET.encode().decode("unicode_escape").encode())
print(caller.recv(8192).decode(), end="")
