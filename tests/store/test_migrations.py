"""Migrations go forward only: one that was handed out is never written anew."""

import hashlib

from storage.versions import numbered

HANDED_OUT = {
    "0001_spine.sql": "f146ee9f11a7bcaf",
    "0002_letters_before_consent.sql": "0ae34a78aab626fe",
    "0003_appointments.sql": "0e86ad5420e9c194",
    "0004_instead_of.sql": "efb56983738709d9",
    "0005_contested_by.sql": "c85cc46e7fa588f5",
}
"""Digests; a new migration is added here when it is committed."""


def test_no_migration_has_changed_since_it_was_handed_out() -> None:
    found = {
        path.name: hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()
        for _, path in numbered()
    }
    assert found == HANDED_OUT
