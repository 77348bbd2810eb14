"""Pictures, drawn when they leave; their library is imported when first used."""

import asyncio
import io


async def qr_code(link: str) -> bytes:
    """A PNG that a phone's camera reads from a screen or from paper."""
    return await asyncio.to_thread(_draw, link)


def _draw(link: str) -> bytes:
    import segno

    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="png", scale=8, border=4)
    return out.getvalue()
