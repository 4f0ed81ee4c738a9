"""Records of an X data archive to facts. Phone numbers, tokens and addresses stop here.

The account's own login is a principal of its own (``x:<account id>``, kind shared): whoever has
the password can do everything, whoever they are, and the archive proves that such a login exists.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypedDict

from auditor.model.estate import AccessStatus, GrantPath, Level, PrincipalKind
from auditor.model.facts import (
    Account,
    App,
    Change,
    Fact,
    Grant,
    Login,
    Principal,
    app_key,
    grant_key,
    platform_id,
)
from connectors.base import Context, keep
from connectors.x_archive.members import Archive, instant, text
from connectors.x_archive.words import (
    FIRST_PARTY_APPS,
    KEPT_FIELDS,
    can_message,
    domain_of,
    email_of,
    level_of,
    phone_use,
    plain,
    scopes_of,
    sso_client,
)

PLATFORM: Final = "x"


class _Provenance(TypedDict):
    source: str
    observed_at: datetime
    valid_until: datetime


@dataclass(slots=True)
class ArchiveFacts:
    """Turns one archive into facts."""

    archive: Archive
    source: str
    valid_until: datetime
    context: Context
    account_id: str = field(init=False)
    _keys: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account_id = platform_id(PLATFORM, self.archive.native_id)

    def facts(self) -> Iterator[Fact]:
        """Yield every fact the archive proves."""
        account = self._account()
        yield account
        yield from self._own_login(account.evidence_id)
        yield from self._apps()
        yield from self._logins()
        yield from self._sessions()
        yield from self._devices()
        yield from self._message_devices()
        yield from self._single_sign_on()
        yield from self._changes()

    @property
    def second_factor_phones(self) -> list[datetime | None]:
        """When each phone used for SMS codes was enrolled (None: not dated)."""
        phones = (record.get("messagingDevice") for record in self._records("ni-devices"))
        return [
            instant(phone.get("createdDate"))
            for phone in phones
            if isinstance(phone, dict) and (text(phone.get("deviceType")) or "").casefold() == "auth"
        ]

    @property
    def _provenance(self) -> _Provenance:
        return {
            "source": self.source,
            "observed_at": self.archive.generated_at,
            "valid_until": self.valid_until,
        }

    def _records(self, member: str) -> tuple[dict[str, Any], ...]:
        return self.archive.members[member].records

    def _evidence(self, kind: str, record: Mapping[str, Any]) -> str:
        """Keep the allow-listed texts of ``record``."""
        kept = {name: plain(value) for name, value in keep(record, KEPT_FIELDS[kind]).items()}
        return self.context.evidence.put(kept, kind=kind)

    def _unique(self, key: str) -> str:
        """Return ``key``, numbered where the archive holds the same record again."""
        self._keys[key] = count = self._keys.get(key, 0) + 1
        return key if count == 1 else f"{key}|{count}"

    def _account(self) -> Account:
        record = next(iter(self._records("account")), {})
        email = email_of(record.get("email"))
        marks = [mark.get("verified") for mark in self._records("verified")]
        verified = marks[0] if len(marks) == 1 and isinstance(marks[0], bool) else None
        handle = self.archive.handle
        return Account(
            **self._provenance,
            evidence_id=self._evidence("x.archive.account", {**record, "verified": verified}),
            account_id=self.account_id,
            platform=PLATFORM,
            kind="profile",
            handle=handle,
            name=self.archive.name,
            url=f"https://x.com/{handle}" if handle else None,
            # True may be the blue mark, which is bought and vouches for nobody.
            verified=False if verified is False else None,
            created_at=instant(record.get("createdAt")),
            recovery_email=email,
            recovery_email_domain=domain_of(email),
        )

    def _own_login(self, evidence_id: str | None) -> Iterator[Fact]:
        dates = [found for record in self._records("ip-audit") if (found := instant(record.get("createdAt")))]
        last = max(dates, default=None)
        yield Principal(
            **self._provenance,
            evidence_id=evidence_id,
            principal_id=self.account_id,
            platform=PLATFORM,
            kind=PrincipalKind.SHARED,
            name=self.archive.name,
            handle=self.archive.handle,
            status=AccessStatus.ACTIVE,
            mfa_methods=("sms",) if self.second_factor_phones else None,
            last_active_at=last,
        )
        yield self._full_grant(self.account_id, "owner login", evidence_id, last)

    def _full_grant(
        self, principal_id: str, role: str, evidence_id: str | None, last_used_at: datetime | None = None
    ) -> Grant:
        return Grant(
            **self._provenance,
            evidence_id=evidence_id,
            grant_id=grant_key(self.account_id, principal_id, GrantPath.DIRECT),
            account_id=self.account_id,
            principal_id=principal_id,
            role=role,
            level=Level.ADMIN,
            can_message=True,
            can_grant=True,
            status=AccessStatus.ACTIVE,
            last_used_at=last_used_at,
        )

    def _apps(self) -> Iterator[App]:
        for record in self._records("connected-application"):
            organization = record.get("organization")
            firm = organization if isinstance(organization, dict) else {}
            native = text(record.get("id"))
            approved = instant(record.get("approvedAt"))
            scopes = scopes_of(record.get("permissions"))
            app_id = platform_id(PLATFORM, native or "unknown")
            yield App(
                **self._provenance,
                evidence_id=self._evidence(
                    "x.archive.app",
                    {**record, "organization": firm.get("name"), "organization_url": firm.get("url")},
                ),
                app_key=self._unique(app_key(self.account_id, app_id, approved)),
                app_id=app_id,
                account_id=self.account_id,
                name=text(record.get("name")),
                publisher=text(firm.get("name")),
                scopes=scopes,
                level=level_of(scopes),
                can_message=can_message(scopes),
                approved_at=approved,
                first_party=None if native is None else native in FIRST_PARTY_APPS,
            )

    def _logins(self) -> Iterator[Login]:
        for record in self._records("ip-audit"):
            at = instant(record.get("createdAt"))
            hashed = self._address_hash(record.get("loginIp"))
            evidence = self._evidence("x.archive.login", {**record, "address_hash": hashed})
            yield self._login("login", at, None, evidence, detail=(hashed or "")[:16], address_hash=hashed)

    def _sessions(self) -> Iterator[Login]:
        for record in self._records("device-token"):
            at = instant(record.get("lastSeenAt")) or instant(record.get("createdAt"))
            native = text(record.get("clientApplicationId"))
            client = text(record.get("clientApplicationName")) or (
                f"application {native}" if native else None
            )
            evidence = self._evidence("x.archive.session", record)
            yield self._login("session", at, client, evidence, detail=native or "")

    def _devices(self) -> Iterator[Login]:
        for record in self._records("ni-devices"):
            push, phone = record.get("pushDevice"), record.get("messagingDevice")
            device = push if isinstance(push, dict) else phone if isinstance(phone, dict) else {}
            native = text(device.get("deviceType"))
            use = "notifications" if isinstance(push, dict) else phone_use(native)
            client = (native or "device") if isinstance(push, dict) else use
            at = instant(device.get("updatedDate")) or instant(device.get("createdDate"))
            evidence = self._evidence("x.archive.device", {**device, "use": use})
            yield self._login("device", at, client, evidence, detail=client)

    def _message_devices(self) -> Iterator[Login]:
        for record in self._records("key-registry"):
            devices = record.get("deviceMetadataList")
            for device in devices if isinstance(devices, list) else []:
                if isinstance(device, dict):
                    client = text(device.get("userAgent"))
                    evidence = self._evidence("x.archive.message_device", device)
                    yield self._login(
                        "device", instant(device.get("createdAt")), client, evidence, detail="keys"
                    )

    def _single_sign_on(self) -> Iterator[Fact]:
        """The holder of the other service's account can enter, so they hold access themselves."""
        seen: set[str] = set()
        for record in self._records("sso"):
            email = email_of(record.get("ssoEmail"))
            at = instant(record.get("createdAt"))
            evidence = self._evidence("x.archive.sso", record)
            principal_id = platform_id(PLATFORM, f"sso:{email.casefold()}") if email else None
            client = sso_client(email)
            yield self._login("sso", at, client, evidence, detail=email or "", principal_id=principal_id)
            if principal_id and principal_id not in seen:
                seen.add(principal_id)
                yield Principal(
                    **self._provenance,
                    evidence_id=evidence,
                    principal_id=principal_id,
                    platform=PLATFORM,
                    kind=PrincipalKind.HUMAN,
                    name=email,
                    email=email,
                    status=AccessStatus.ACTIVE,
                    created_at=at,
                )
                yield self._full_grant(principal_id, "single sign-on", evidence)

    def _login(
        self,
        kind: str,
        at: datetime | None,
        client: str | None,
        evidence: str,
        *,
        detail: str,
        address_hash: str | None = None,
        principal_id: str | None = None,
    ) -> Login:
        stamp = at.isoformat() if at else ""
        return Login(
            **self._provenance,
            evidence_id=evidence,
            login_key=self._unique(f"{self.account_id}|{kind}|{stamp}|{detail}"),
            account_id=self.account_id,
            principal_id=principal_id or self.account_id,
            kind=kind,
            at=at,
            client=client,
            address_hash=address_hash,
        )

    def _address_hash(self, address: object) -> str | None:
        """Hash a network address under the store's key; without a key it would be no secret."""
        shown = text(address)
        if shown is None or not self.context.address_key:
            return None
        try:
            shown = ipaddress.ip_address(shown).compressed
        except ValueError:
            return None
        return hmac.new(self.context.address_key, shown.encode(), hashlib.sha256).hexdigest()

    def _changes(self) -> Iterator[Change]:
        for record in self._records("email-address-change"):
            yield from self._changed("email", record.get("emailChange"))
        for record in self._records("screen-name-change"):
            yield from self._changed("handle", record.get("screenNameChange"))
        for record in self._records("protected-history"):
            after = {"protect": "protected", "unprotect": "public"}.get(
                (text(record.get("action")) or "").casefold()
            )
            yield self._change("protection", instant(record.get("protectedAt")), None, after, record)
        for record in self._records("phone-number"):
            digits = re.sub(r"[^0-9]", "", text(record.get("phoneNumber")) or "")
            after = f"a number that ends in {digits[-2:]}" if len(digits) >= 6 else "a number"
            yield self._change(
                "phone", None, None, after, {"number_ends": digits[-2:] if len(digits) >= 6 else ""}
            )

    def _changed(self, kind: str, change: object) -> Iterator[Change]:
        if isinstance(change, dict):
            before, after = text(change.get("changedFrom")), text(change.get("changedTo"))
            yield self._change(kind, instant(change.get("changedAt")), before, after, change)

    def _change(
        self, kind: str, at: datetime | None, before: str | None, after: str | None, record: Mapping[str, Any]
    ) -> Change:
        return Change(
            **self._provenance,
            evidence_id=self._evidence("x.archive.change", record),
            change_key=self._unique(f"{self.account_id}|{kind}|{at.isoformat() if at else ''}"),
            account_id=self.account_id,
            kind=kind,
            at=at,
            before=before,
            after=after,
        )
