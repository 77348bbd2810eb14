"""Telegram: everything that hears and everything that speaks; one file per conversation."""
