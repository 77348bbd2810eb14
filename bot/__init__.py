"""The process: settings, wiring, intake of updates, the post office, the command line."""
