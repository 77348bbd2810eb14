"""A sandbox for each test, a plain client, and a real bot from python-telegram-bot."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, FormData
from telegram import Bot

from sandbox.pace import GATE_OPEN
from sandbox.people import PEOPLE
from sandbox.server import Running, start
from sandbox.world import World

Answer = dict[str, Any]


class Hand:
    """Time in a test's hand: both clocks, moved by calling `pass_by`."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds


class Wire:
    """Raw calls as any Bot API library makes them."""

    def __init__(self, running: Running, session: ClientSession) -> None:
        self.running = running
        self.session = session

    async def call(self, method: str, **body: Any) -> Answer:
        """POST a JSON body; the answer as it is, its HTTP status checked against its code."""
        url = f"{self.running.bot_url}{self.running.world.token}/{method}"
        async with self.session.post(url, json=body) as response:
            answer: Answer = await response.json()
            assert response.status == answer.get("error_code", 200)
            return answer

    async def result(self, method: str, **body: Any) -> Any:
        answer = await self.call(method, **body)
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **body: Any) -> tuple[int, str]:
        answer = await self.call(method, **body)
        assert not answer["ok"], answer
        return answer["error_code"], answer["description"]

    async def form(self, method: str, form: FormData | dict[str, str]) -> Answer:
        url = f"{self.running.bot_url}{self.running.world.token}/{method}"
        async with self.session.post(url, data=form) as response:
            answer: Answer = await response.json()
            return answer

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.running.url}{path}") as response:
            return await response.json()

    async def press(self, path: str, **body: Any) -> Answer:
        async with self.session.post(f"{self.running.url}/api/{path}", json=body) as response:
            answer: Answer = await response.json()
            assert (response.status == 200) == answer["ok"]
            return answer


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def world(hand: Hand) -> World:
    return World(people=PEOPLE, limits=GATE_OPEN, clock=hand, ticks=hand)


@pytest.fixture
async def running(world: World) -> AsyncIterator[Running]:
    running = await start(world=world)
    yield running
    await running.stop()


@pytest.fixture
async def wire(running: Running) -> AsyncIterator[Wire]:
    async with ClientSession() as session:
        yield Wire(running, session)


@pytest.fixture
async def bot(running: Running) -> AsyncIterator[Bot]:
    token = running.world.token
    bot = Bot(token, base_url=running.bot_url, base_file_url=running.file_url)
    async with bot:
        yield bot
