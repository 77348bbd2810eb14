"""The alarm: when the post office looks next, and the news that end its rest before."""

import asyncio
import math


class Alarm:
    """`next_look`: monotonic seconds, at the latest. Whatever is rung counts until that look."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self.next_look = -math.inf

    def ring(self) -> None:
        """Something was written or has ended: look now."""
        self.ring_by(-math.inf)

    def ring_by(self, instant: float) -> None:
        """Look by then; who rests learns of it."""
        self.look_by(instant)
        self.news.set()

    def look_by(self, instant: float) -> None:
        self.next_look = min(self.next_look, instant)

    def looks(self) -> None:
        """The look has begun: whoever rings from here on may know of more."""
        self.next_look = math.inf
