"""A local Telegram: a strict Bot API server, a chat page in the browser, people to play."""
