"""Runs a command and prints its CPU seconds, wall seconds and peak memory in KiB: timed.py COMMAND…

CPU counts all processes of it; the peak is that of its largest one. A process of its own, and a small one, because a child
begins with the peak of whoever started it.
"""

import os
import sys
import time

begin = time.monotonic()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
