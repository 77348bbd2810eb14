"""What a stranger reads, whatever they write."""

from handlers.context import Context


def greet_stranger(context: Context) -> None:
    context.say(
        "Hello! This is the bot of the Mentoring-Partnerschaft München. To take part you need a "
        "personal invitation link from the coordination team. If you have opened one, please use "
        "its buttons above. What is stored and who sees it: /privacy"
    )
