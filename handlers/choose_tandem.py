"""Which tandem? Asked only of people who have several."""

from collections.abc import Callable

from handlers.buttons import Button, Tap
from handlers.context import Context
from handlers.menu_buttons import to_menu
from mentoring.refusals import NoTandem
from mentoring.tandems import Tandem


async def choose_tandem(
    context: Context, tandem_id: int, tap: Callable[[int], Tap]
) -> Tandem | None:
    """The tandem of that id, or the only one; None when it was asked for. Raises NoTandem.

    `tandem_id` 0 names none; `tap` makes the button that comes back with one.
    """
    tandems = await context.desk.tandems.of(context.person.id)
    if tandem_id:
        tandems = [tandem for tandem in tandems if tandem.id == tandem_id]
    if not tandems:
        raise NoTandem
    if len(tandems) == 1:
        return tandems[0]
    t, me = context.t, context.person.id
    rows = [
        [Button(", ".join(other.name for other in tandem.others(me)), tap(tandem.id))]
        for tandem in tandems
    ]
    context.show(t("Which tandem?"), [*rows, [to_menu(t)]])
    return None
