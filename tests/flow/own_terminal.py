# SPDX-License-Identifier: MIT
# own_terminal.py COMMAND...: runs it in a terminal of its own, where no shell
# is that could have it continued, as `ssh -t HOST COMMAND' does; presses
# Ctrl-Z when it shows "q ends", and q when it shows it again.  The exit status
# is the command's.
import os, pty, select, signal, sys, time

KEYS = [b"\x1a", b"q"]


def is_stopped(pid):
    with open("/proc/%d/stat" % pid) as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] == "T"


pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
shown, end = b"", time.time() + 60
while time.time() < end and not is_stopped(pid):
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            shown += os.read(terminal, 65536)
        except OSError:  # it has ended
            break
    if KEYS and b"q ends" in shown:
        os.write(terminal, KEYS.pop(0))
        shown = b""
os.kill(pid, signal.SIGKILL)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
