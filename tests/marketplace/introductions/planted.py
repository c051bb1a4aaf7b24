"""Two sides that hide behind anonymous listings, with private strings that stand nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from marketplace import actors
from marketplace.accounts.models import User
from marketplace.files import StoredFile, Upload
from marketplace.introductions.states import REVEALED, IntroductionState
from marketplace.listings.models import Attachment, Listing
from marketplace.organisations.models import HeldCertificate, Identifier, Organisation
from marketplace.policy import Actor
from tests.marketplace.databank.kept import keep_at_the_office
from tests.marketplace.introductions.test_messages import PDF
from tests.marketplace.introductions.world import WAYS, World

SIDES = ("maker", "buyer")
# What both sides see of each other once both have said yes.
OPENED = ("name", "address", "email", "phone", "website", "person", "login", "file", "sent_file")
# What not even then leaves its own side.
KEPT = ("note", "certificate_file", "evidence")
# What the office of a side keeps of it for itself: not even the side's own people read it.
STAFF = ("staff_note", "tag", "check", "check_link", "check_file", "peers", "findings")
ROLES: Mapping[str, str | None] = MappingProxyType(
    {
        "visitor": None,
        "stranger": "stranger",
        "proposer": "maker_person",
        "reader": "maker_reader",
        # An owner of the proposer's side who has written a message, and has been taken out since.
        "removed": "maker_removed",
        "other": "buyer_person",
        "officer A": "first",
        "officer B": "second",
        "unrelated officer": "unrelated",
    }
)
OFFICERS = ("officer A", "officer B", "unrelated officer")
# Which private strings somebody may read anyway: of their own side, and as the office of one.
OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "proposer": ("maker",),
        "reader": ("maker",),
        "other": ("buyer",),
        "officer A": SIDES,
        "officer B": SIDES,
    }
)
# Whose notes, tags and evidence somebody reads: each office those of its own side.
STAFF_OF: Mapping[str, str] = MappingProxyType({"officer A": "maker", "officer B": "buyer"})


def secret(side: str, field: str) -> str:
    """Return the string that stands in one private field and nowhere else."""
    return f"zq{side}{field.replace('_', '')}zq"


ALL = tuple(secret(side, field) for side in SIDES for field in (*OPENED, *KEPT, *STAFF, "number"))


class PlantedWorld(World):
    """The small world, in which both sides have something to hide, and one person will have to go."""

    maker_removed_id: int

    def plant(self) -> None:
        """Hide both sides behind anonymous listings, and fill what nobody else may read."""
        self.maker_removed_id = int(self.market.member(self.maker).user_id or 0)
        with self.database.transaction() as session:
            for side in SIDES:
                organisation = session.get_one(Organisation, getattr(self, side))
                organisation.name = f"{secret(side, 'name')} Works"
                organisation.name_key = secret(side, "name").lower()
                organisation.address = secret(side, "address")
                organisation.email = f"{secret(side, 'email')}@example.org"
                organisation.phone = secret(side, "phone")
                organisation.website = f"https://{secret(side, 'website')}.example.org"
                user = session.get_one(User, getattr(self, f"{side}_person").user_id)
                user.name = secret(side, "person")
                user.email = f"{secret(side, 'login')}@example.org"
                number = secret(side, "number")
                session.add(
                    Identifier(organisation_id=organisation.id, country="GH", scheme="tin", value=number)
                )
                certificate = self._stored("1", f"{secret(side, 'certificate_file')}.pdf")
                listing = session.get_one(Listing, self.offer if side == "maker" else self.request)
                listing.anonymous = True
                file = self._stored("2", f"{secret(side, 'file')}.pdf")
                session.add_all([certificate, file])
                session.flush()
                session.add(
                    HeldCertificate(
                        organisation_id=organisation.id, scheme="ISO 9001", file_id=certificate.id
                    )
                )
                listing.attachments = [Attachment(position=0, file_id=file.id)]
                keep_at_the_office(session, organisation, self.now, *(secret(side, one) for one in STAFF))

    def _stored(self, mark: str, name: str) -> StoredFile:
        return StoredFile(
            sha256=mark * 64, name=name, media_type="application/pdf", size=9, uploaded_at=self.now
        )

    def _removed(self) -> Actor:
        with self.database.reading() as session:
            found = actors.actor_by_id(session, self.maker_removed_id)
        assert found is not None
        return found

    def email_of(self, role: str) -> str | None:
        """Return the address with which somebody of a role logs in; none for a visitor."""
        person = ROLES[role]
        if person is None:
            return None
        key = self.maker_removed_id if person == "maker_removed" else getattr(self, person).user_id
        with self.database.reading() as session:
            return session.get_one(User, key).email

    def reached(self, state: IntroductionState) -> int:
        """Bring an interest into a state, with private words of its own, and take one person out."""
        note = secret("maker", "note")
        removed = self._removed()
        key = self.express(sought=f"Reach us: {note}", unclear=note)
        self.write(key, removed, "A word of one who goes.", to_all=False)
        if "send_on" not in WAYS[state]:
            self.write(key, self.maker_person, to_all=False, uploads=[paper("maker", "sent_file")])
        for verb in WAYS[state]:
            if verb == "agree":
                self.agree(key, upload=paper("maker", "evidence"))
            elif verb == "expire":
                self.pass_time(timedelta(days=90))
            else:
                self.do(verb, key)
            if verb == "send_on":
                self.send_files(key)
        self.leave(removed, self.maker)
        return key

    def send_files(self, key: int) -> None:
        """Let both sides write to each other, each with a file."""
        for side, person in (("maker", self.maker_person), ("buyer", self.buyer_person)):
            self.write(key, person, uploads=[paper(side, "sent_file")])


def paper(side: str, field: str) -> Upload:
    """Return a file whose name gives its side away."""
    return Upload(f"{secret(side, field)}.pdf", "application/pdf", PDF)


def hidden_from(role: str, *, opened: bool) -> list[str]:
    """Return the strings that a role may not find anywhere."""
    wrong = []
    for side in SIDES:
        if STAFF_OF.get(role) != side:
            wrong += [secret(side, field) for field in STAFF]
        if side in OWN.get(role, ()):
            continue
        takes_part = role in {"proposer", "reader", "other"}
        fields = (*KEPT, "number") if opened and takes_part else (*OPENED, *KEPT, "number")
        wrong += [secret(side, field) for field in fields]
    return wrong


def is_open(state: IntroductionState) -> bool:
    """Tell whether both sides have said yes in a state."""
    return state in REVEALED
