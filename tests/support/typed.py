#!/usr/bin/env python3
"""typed.py PROMPT COMMAND...: runs the command on a terminal, types the lines of standard input, each when the prompt (a
regular expression) stands at the end of what is shown, and prints all that was shown. Ends with the command's exit code."""
import fcntl, os, pty, re, select, struct, subprocess, sys, termios, time

LIMIT = 60  # seconds for one prompt to come

prompt, command = re.compile(sys.argv[1] + r"(\033\[[\d;?]*[A-Za-z])*$"), sys.argv[2:]
ours, theirs = pty.openpty()
fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
run = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
os.close(theirs)
shown, answered, until = "", 0, time.monotonic() + LIMIT
lines = sys.stdin.read().splitlines()
while time.monotonic() < until:
    if select.select([ours], [], [], 0.2)[0]:
        try:
            shown += os.read(ours, 1 << 16).decode(errors="replace")
        except OSError:  # how a terminal tells that its last user has gone
            break
    elif lines and prompt.search(shown[answered:]):
        answered, until = len(shown), time.monotonic() + LIMIT
        os.write(ours, (lines.pop(0) + "\r").encode())
run.kill() if time.monotonic() >= until else None
sys.stdout.write(shown.replace("\r\n", "\n"))
sys.exit(run.wait())
