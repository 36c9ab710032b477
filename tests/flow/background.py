# SPDX-License-Identifier: MIT
# background.py COMMAND...: runs it in the background of a terminal of its own,
# ends it by SIGTERM when it shows "q ends", and exits as it did; 1 where it was
# stopped instead.
import os, pty, select, signal, sys, time


def lead():  # the terminal's foreground, which the command is not in
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(sys.argv[1], sys.argv[1:])
    signal.sigwait([signal.SIGTERM])
    os.kill(pid, signal.SIGTERM)
    status = os.waitpid(pid, os.WUNTRACED)[1]
    if os.WIFSTOPPED(status):
        os.kill(pid, signal.SIGKILL)
        os._exit(1)
    os._exit(os.waitstatus_to_exitcode(status) & 255)


signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
leader, terminal = pty.fork()
if leader == 0:
    lead()
shown, end = b"", time.time() + 60
while b"q ends" not in shown and time.time() < end:
    if select.select([terminal], [], [], 0.1)[0]:
        shown += os.read(terminal, 65536)
os.kill(leader, signal.SIGTERM)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(leader, 0)[1]) & 255)
