"""`python -m bot`: the command line."""

import gc
import signal

# Ctrl-C while the rest is imported ends it without a traceback; a running bot listens itself.
signal.signal(signal.SIGINT, signal.SIG_DFL)
# What is imported stays, and the collector would look through it 175 times, for 45 ms of the start:
# it rests until `plainly` sets it going.
gc.disable()

from bot.command_line import main  # noqa: E402

main()
