# SPDX-License-Identifier: MIT
# api.py LIBRARY PROFILE [--each-line] - prints the token that libtokenward
# gives, or what it says instead; exits with the status.  With --each-line it
# does so once for each line of its input, by one handle.
import ctypes
import sys


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("message", ctypes.c_char * 1020)]


library = ctypes.CDLL(sys.argv[1])
library.tw_token_value.restype = ctypes.c_char_p
library.tw_token_value.argtypes = [ctypes.c_void_p]
handle = ctypes.c_void_p()
token = ctypes.c_void_p()
error = Error()
status = library.tw_open(sys.argv[2].encode(), ctypes.byref(handle), ctypes.byref(error))
for _ in sys.stdin if sys.argv[3:] == ["--each-line"] else [""]:
    if not status:
        status = library.tw_get(handle, ctypes.c_int64(-1), ctypes.byref(token), ctypes.byref(error))
    print(error.message.decode() if status else library.tw_token_value(token).decode(), flush=True)
sys.exit(status)
