"""What the server's parts find in the application."""

from aiohttp import web

from sandbox.world import World

WORLD: web.AppKey[World] = web.AppKey("world")
