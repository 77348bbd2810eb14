"""`python -m bot`: the command line."""

import signal

# Ctrl-C while the rest is imported ends it without a traceback; a running bot listens itself.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from bot.command_line import main  # noqa: E402

main()
