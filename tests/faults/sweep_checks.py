"""What must hold after the sweep; each check returns what it found wrong, in words."""

from collections import defaultdict

from sandbox.chats import Message
from tests.faults.sweep import OPEN, SLEEPERS, TANDEMS, Sweep
from tests.faults.sweep_people import buttons, code_in, data_of, words

MARKS = {
    "↻ Diese Nachricht haben Sie vielleicht schon erhalten.",
    "↻ You may have received this message already.",
    "↻ ربما وصلتكم هذه الرسالة من قبل.",
}
UNIQUE = (
    "m.save", "ask", "answer", "object", "agree", "undo", "read",
)  # fmt: skip
"""Buttons that carry the key of one card, meeting, question or code: such a message exists once."""


def defects(it: Sweep) -> list[str]:
    """Everything that is wrong."""
    return [
        *unanswered(it),
        *lost(it),
        *twice(it),
        *unmarked(it),
        *misreminded(it),
    ]


def unanswered(it: Sweep) -> list[str]:
    """Every update was taken once and for all, every letter is out, nobody waits."""
    found = list(it.stuck)
    [(seen,)] = it.rows("select count(*) from seen")
    if seen != it.updates:
        found.append(f"{it.updates} updates were sent and {seen} taken")
    left = f"{OPEN} or state not in ('sent', 'cancelled', 'pending')"
    open_ = f"select kind, state, tries, error from letter where {left}"
    found += [f"a letter is not out: {row}" for row in it.rows(open_)]
    found += [f"set aside: {row}" for row in it.rows("select error from aside")]
    return found


def forgotten(it: Sweep) -> list[str]:
    """What Telegram was told is done with was taken; holds whenever no process runs."""
    [(seen,)] = it.rows("select count(*) from seen")
    confirmed = it.updates - it.world.mailbox.unconfirmed
    return [f"{confirmed} updates confirmed, {seen} taken"] if confirmed > seen else []


def lost(it: Sweep) -> list[str]:
    """What somebody has seen confirmed stands in the database, and nothing else does."""
    record = it.record
    return [
        *_differ("meeting", dict(it.rows("select key, id from meeting")), record.saved),
        *_differ("undone", _ids(it, "undone_at is not null"), record.undone),
        *_differ("contested", _ids(it, "contested_at is not null"), record.contested),
        *_differ("question", dict(it.rows("select key, text from question")), record.asked),
        *_differ("answer", dict(it.rows("select text, answer from question")), record.answered),
        *_corrections(it),
        *_people(it),
        *_tandems(it),
    ]


def twice(it: Sweep) -> list[str]:
    """No deed has two effects: one card for a wish, one letter for a fact."""
    found = doubled(it)
    # A scene objects to a meeting or corrects it once, so each kind of news exists once.
    told = "select kind, cancel, count(*) from letter where cancel like 'meeting:%' group by 1, 2"
    found += [f"told twice: {row}" for row in it.rows(f"{told} having count(*) > 1")]
    asked = "select count(*) from letter where kind = '{}'"
    for kind, number in (
        ("question", len(it.record.asked)),
        ("matched", 2 * len(it.record.paired)),
    ):
        [(letters,)] = it.rows(asked.format(kind))
        if letters != number:
            found.append(f"{letters} letters of kind {kind} for {number}")
    return found


def doubled(it: Sweep) -> list[str]:
    """Nobody gets more meeting cards than they have asked for; at any time."""
    found = []
    for phone in it.phones:
        messages = (heard.message for heard in phone.heard if heard.kind == "message")
        cards = {data for message in messages if (data := data_of(message, "m.save"))}
        if len(cards) > it.record.cards[phone.id]:
            found.append(f"{phone.name}: {len(cards)} cards for {it.record.cards[phone.id]} wishes")
    return found


def unmarked(it: Sweep) -> list[str]:
    """What came a second time says so, in a language of ours; the first time it may, too."""
    found = []
    for phone in it.phones:
        times: defaultdict[object, list[bool]] = defaultdict(list)
        for heard in phone.heard:
            if heard.kind != "message":
                continue
            mark, text = split(heard.message)
            if mark and mark not in MARKS:
                found.append(f"{phone.name}: a strange mark: {mark}")
            if _is_unique(heard.message):
                times[text, *buttons(heard.message)].append(bool(mark))
        found += [
            f"{phone.name} hears again, unmarked: {text}"
            for text, marks in times.items()
            if not all(marks[1:])
        ]
    return found


def misreminded(it: Sweep) -> list[str]:
    """What the clock brings comes once to everybody, or is marked."""
    sent = "select p.chat_id, count(*) from letter join person p on p.id = person_id {} group by 1"
    due = dict(it.rows(sent.format("where letter.kind = 'date_soon' and letter.state = 'sent'")))
    found = []
    for phone in it.phones:
        news = [split(heard.message) for heard in phone.heard if heard.kind == "message"]
        marks = [bool(mark) for mark, text in news if text.startswith("⏰")]
        if len(marks) < due.get(phone.id, 0) or marks.count(False) > due.get(phone.id, 0):
            found.append(f"{phone.name} was reminded {marks} of {due.get(phone.id, 0)}")
    return found


def reminders(it: Sweep) -> int:
    """How many people the clock has reminded."""
    [(sent,)] = it.rows("select count(*) from letter where kind = 'date_soon' and state = 'sent'")
    return int(sent)


def repeats(it: Sweep) -> int:
    """How many messages came with a mark."""
    return sum(bool(split(heard.message)[0]) for phone in it.phones for heard in phone.heard)


def split(message: Message) -> tuple[str, str]:
    """The mark, if there is one, and the text below it."""
    first, _, rest = words(message).partition("\n")
    return (first, rest) if first.startswith("↻") else ("", words(message))


def _is_unique(message: Message) -> bool:
    return bool(code_in(words(message))) or any(data_of(message, tag) for tag in UNIQUE)


def _ids(it: Sweep, condition: str) -> set[int]:
    return {row[0] for row in it.rows(f"select id from meeting where {condition}")}


def _corrections(it: Sweep) -> list[str]:
    starts = dict(it.rows("select id, start from meeting"))
    return [
        f"meeting {meeting} was corrected to {start} and begins at {starts.get(meeting)}"
        for meeting, start in it.record.corrected.items()
        if starts.get(meeting) != start
    ]


def _people(it: Sweep) -> list[str]:
    """An invitation makes one person, a consent stands once, everybody is spoken to as wished."""
    here = "select chat_id, name from person where chat_id is not null and chat_id > 1209"
    consents = "select person_id, count(*) from consent group by 1 having count(*) > 1"
    used = "select count(*) from invitation where used_at is not null"
    languages = dict(it.rows("select chat_id, language from person"))
    [(invitations,)] = it.rows("select count(*) from invitation")
    [(used_now,)] = it.rows(used)
    [(people,)] = it.rows("select count(*) from person")
    return [
        *_differ("arrival", {tuple(r) for r in it.rows(here)}, set(it.record.arrived.items())),
        *(f"consent twice: {row}" for row in it.rows(consents)),
        *_differ("invitations", invitations, len(it.record.invited)),
        *_differ("used codes", used_now, len(it.record.arrived)),
        *_differ("people", people, 1 + 2 * (TANDEMS + SLEEPERS) + len(it.record.invited)),
        *_differ(
            "language", {c: languages.get(c) for c in it.record.spoken}, dict(it.record.spoken)
        ),
    ]


def _tandems(it: Sweep) -> list[str]:
    names = it.rows(
        "select e.name, o.name from member a join member b using (tandem_id) "
        "join person e on e.id = a.person_id join person o on o.id = b.person_id "
        "where a.role = 'mentee' and b.role = 'mentor' order by a.tandem_id"
    )
    made = [tuple(row) for row in names][TANDEMS + SLEEPERS :]
    return _differ("tandem", sorted(made), sorted(it.record.paired))


def _differ(what: str, stands: object, confirmed: object) -> list[str]:
    if stands == confirmed:
        return []
    if isinstance(stands, dict) and isinstance(confirmed, dict):
        stands, confirmed = set(stands.items()), set(confirmed.items())
    if isinstance(stands, set) and isinstance(confirmed, set):
        return [
            f"{what}: confirmed and lost {confirmed - stands}, not confirmed {stands - confirmed}"
        ]
    return [f"{what}: {stands} stands, {confirmed} was confirmed"]
