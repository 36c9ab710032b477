# SPDX-License-Identifier: MIT
# stopped_terminal.py END COMMAND...: runs it in a terminal of its own, presses
# Ctrl-S when it shows "q ends", and ends it a while after that: END is a
# signal's number, or a key.  The exit status is the command's, and 1 where it
# has not left the terminal as it was.
import fcntl, os, pty, select, signal, sys, termios, time

LEFT = b"\033[?1049l"


def read(seconds, until):
    shown, end = b"", time.time() + seconds
    while time.time() < end and until not in shown:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:  # it has ended
                break
    return until in shown


terminal, slave = pty.openpty()
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in 0, 1, 2:
        os.dup2(slave, fd)
    os.execvp(sys.argv[2], sys.argv[2:])
os.close(slave)
read(60, b"q ends")
os.write(terminal, b"\x13")
read(2.5, b"not shown while it is stopped")  # it has more to show by now
if sys.argv[1].isdigit():
    os.kill(pid, int(sys.argv[1]))
else:
    os.write(terminal, sys.argv[1].encode())
left = read(20, LEFT)
for _ in range(50 if left else 0):
    if termios.tcgetattr(terminal) == before:
        break
    time.sleep(0.1)
else:
    left = False
os.kill(pid, 0 if left else signal.SIGKILL)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(status & 255 if status or left else 1)
