# SPDX-License-Identifier: MIT
# manager.py DOORBELL|- COMMAND... - keeps a command running, as a service
# manager does: it is started again when it was killed.  With a path, on a
# listening socket that is handed over and outlives it.
import os
import signal
import socket
import sys

path = sys.argv[1]
listener = None
if path != "-":
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    os.chmod(path, 0o600)
    listener.listen(512)
child = 0


def end(_number, _frame):
    if child:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
while True:
    child = os.fork()
    if child == 0:
        if listener:
            os.dup2(listener.fileno(), 3)
            os.environ["LISTEN_PID"] = str(os.getpid())
            os.environ["LISTEN_FDS"] = "1"
        os.execv(sys.argv[2], sys.argv[2:])
    os.waitpid(child, 0)
