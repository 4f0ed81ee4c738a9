"""What is put before or after a brand's name, in classes that mean different things.

``marnorsupport`` claims to be the brand's service; ``marnortoronto`` may be its office there or another's;
``marnorjobs`` its own department; ``marnor5`` is a squat; ``marnorpizza`` is a shop of somebody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, lru_cache
from itertools import accumulate

from auditor.lookalikes.canon import merge_ascii, plain, to_ascii
from auditor.lookalikes.foreign import FOREIGN
from auditor.lookalikes.selfsaid import SELF_SAID
from auditor.lookalikes.spellings import ABBREVIATIONS
from auditor.lookalikes.tables import common_words


class Affix(StrEnum):
    """Classes of words around a name."""

    SUPPORT = "support"
    """Claims to speak or act for the brand: help, verification, log-in, prizes."""
    SERVICE = "service"
    """May claim that, or be what a business does: care, payments, rewards."""
    REGION = "region"
    CORPORATE = "corporate"
    """A department, a product line, an event: what a brand's own further accounts are called."""
    LEGAL = "legal form"
    FILLER = "filler"
    """Says nothing: the, real, my, a digit or two."""
    DIGITS = "digits"
    ASIDE = "other, in small letters"
    """Some word written small beside a name with capitals: no part of that name, so of no other name either."""
    OTHER = "other"
    """Some word: most likely somebody else."""


_WORDS = {
    Affix.SUPPORT: """
        official officially offical ofc oficial officiel offiziell verified verify verification support supports
        supportteam helpdesk help helps helpline helpcenter helpcentre hotline servicedesk customercare customer customers
        clientcare customerservice customerservices customersupport custserv customerhelp contactus refund refunds
        reimbursement giveaway giveaways prize prizes winner winners airdrop unlock recovery recover restore login
        signin signon logon myaccount password reset portal patientportal livechat techsupport antifraud frauddept it247
        247 24x7 24h authorised authorized lottery sweepstakes raffle enquiries enquiry grievance grievances escalation
        escalations chargeback chargebacks unblock heretohelp callcenter callcentre contactcenter contactcentre tollfree careteam
        supportdesk helpteam helpbot newaccount newpage backupaccount backuppage secondaccount secondpage otheraccount
        privateaccount privatepage personalaccount mainaccount reclaim unfreeze reinstate reinstatement validate validation
        authenticate authentication
        """,
    Affix.SERVICE: """
        servicecenter cares csr nurseline careline adviceline cs client clients assist assistance assistant contact complaints resolve
        resolution response responds claim claims reward rewards bonus giftcard giftcards wallet nft presale
        invest investments alert alerts notice fraud log account accounts billing bill bills pay payment payments payouts
        payout appointment appointments booking bookings reservations activation activate confirm confirmation
        representative rep agent agents admin administrator moderator chat inbox dm message messages authentic
        subscription subscriptions subs renewal renewals consultation consultations approval approvals preapproved
        prescription prescriptions refill refills disbursement disbursements rebate rebates cashout
        stimulus pledge pledges donor donors fundraiser fundraisers cancellation cancellations rebooking reschedule
        rescheduling baggage outage outages recall recalls tuition fees invoice invoices statement statements freebie
        freebies jackpot luckydraw request requests testresults staking whitelist airdrops backup priv
        withdrawal withdrawals kyc eligibility suspended concierge appeals financialaid finaid
        promotion promotions promo promos offer offers coupon coupons voucher vouchers discount discounts cashback contest
        contests gift gifts dispute disputes compensation returns orders donate donation donations relief grant grants team ask
        patientcare patientservices patientrelations memberservices guestservices guestrelations clientservices
        """,
    Affix.REGION: """
        global worldwide world international intl europe eu emea apac latam asia africa americas america usa us uk gb
        england scotland wales ireland ie britain canada ca can mexico mx brazil brasil br argentina chile colombia peru
        spain espana es france fr germany deutschland de austria at swiss switzerland ch italy italia portugal pt
        netherlands nederland nl holland belgium be belgie luxembourg denmark danmark dk norway norge norwegen sweden
        sverige se finland suomi fi iceland poland polska pl czech cz slovakia sk hungary hu romania ro bulgaria bg greece
        gr turkey turkiye tr russia ru ukraine ua israel il egypt morocco maroc tunisia nigeria ng kenya ke ghana
        southafrica za uae dubai qatar kuwait bahrain oman saudi saudiarabia ksa sa mena india indian pakistan pk
        bangladesh srilanka nepal china cn hongkong hk taiwan tw japan jp korea kr singapore sg malaysia indonesia
        thailand th vietnam vn philippines ph australia au aus newzealand nz alabama alaska arizona arkansas california
        colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana maine
        maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada newhampshire newjersey
        newmexico newyork northcarolina northdakota ohio oklahoma oregon pennsylvania rhodeisland southcarolina
        southdakota tennessee texas utah vermont virginia washington westvirginia wisconsin wyoming ontario quebec
        alberta manitoba bc to ny nyc tx fl az ga ma md mi mn mo nc nj nv oh ok or pa sc tn ut va wa wi la sf dc
        london paris berlin munich madrid barcelona rome milan milano amsterdam brussels vienna zurich geneva dublin
        manchester birmingham glasgow edinburgh leeds bristol toronto montreal vancouver calgary ottawa chicago boston
        dallas houston austin atlanta miami seattle denver phoenix philadelphia detroit portland orlando tampa sandiego
        sanfrancisco losangeles lasvegas tokyo seoul beijing shanghai mumbai delhi bangalore sydney melbourne brisbane
        perth auckland capetown johannesburg lagos nairobi north south east west central northern southern eastern
        western northeast northwest southeast southwest midwest local downtown
        """,
    Affix.CORPORATE: """
        supportgroup supportgroups online web website site page secure rx private consult consulting tix live free security safety net org office offices branch
        member members membership admissions enrollment enrolment tickets delivery shipping department dept division unit line center centre outlets clearance
        trial trials track tracking parcel package customs record records sciences aid scholarship scholarships apply application applications signup register registration recruitment
        update updates answers feedback patient patients desk crypto token coin nft
        service services care spa ceo cfo cto president founder director manager chairman chairwoman doctor
        card cards debit loan savings checking
        career careers job jobs jobboard hr hiring talent recruiting recruitment recruiter people life culture
        news newsroom press pressroom media pr comms communications blog podcast magazine tv radio video videos
        films film studio studios pictures music records sports sport kids baby play games gaming esports eng
        engineering engineers tech technology technologies dev devs developer developers data ai cloud lab labs research
        science design designs foundation fund gives giving community impact sustainability green policy gov government edu
        education academy university institute school training events event conference summit awards expo store
        stores shop shops outlet market marketplace foods food kitchen cafe coffee bakery pharmacy pharma health
        healthcare medical clinic hospital dental vision insurance bank banking finance financial capital
        mortgage loans realty realestate properties homes home auto motors cars trucks fleet energy power solar gas fuels
        air cargo freight logistics fulfillment express mobile wireless telecom network networks digital interactive
        business biz b2b pro professional enterprise enterprises partner partners partnership ir investors
        investor relations corporate app apps software systems solutions products brand brands group
        collection wear fashion beauty sale deals travel hotels resorts rewardsclub club plus prime max mini racing
        """,
    Affix.LEGAL: "inc incorporated llc ltd limited corp corporation co company companies plc gmbh ag nv bv srl oy ab as kg pty pte na lp llp pllc",
    Affix.OTHER: """
        foodbank foodpantry soupkitchen thriftstore highschool middleschool preschool daycare childcare bookclub golfclub
        footballclub countryclub carwash beautysalon
        """,
    Affix.FILLER: "the real thereal its it iam im we my our your get go try hey hi hello mr mrs dr original true only a an of and at for in by x xx vip hq headquarters com dotcom www",
}
_UNITS = frozenset(
    {
        "dept",
        "department",
        "division",
        "desk",
        "unit",
        "line",
        "center",
        "centre",
        "office",
        "service",
        "services",
        "fund",
        "funds",
    }
)
"""What a service may be called: the refund department claims no less than refunds do, nor a relief fund."""
_ON_THE_WEB = frozenset({"online", "web", "website", "site", "secure"})
_LONGEST_CODE = 2
"""Letters of a code or a particle: within other words, letters like it are a part of some word."""
_LONGEST_WORD = 18
"""Letters of the longest word listed here, or of a number that is taken for one."""
_LONGEST = 40
"""Letters of a remainder that are parsed; longer ones are other words."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """What stands around a name."""

    words: tuple[tuple[str, Affix], ...]
    """In order, each with its class; one of class other where it could not be parsed."""
    follows: bool = False
    """Whether spaces show that all of them are words behind the name."""
    behind: int = 0
    """How many of them spaces show to be words behind the name."""

    @property
    def classes(self) -> frozenset[Affix]:
        """Return the classes that occur."""
        return frozenset(affix for _, affix in self.words)

    @property
    def claims(self) -> bool:
        """Whether the words claim to act for the brand, and nothing else is said."""
        return Affix.SUPPORT in self.classes and Affix.OTHER not in self.classes

    @property
    def serves(self) -> bool:
        """Whether the words name a service or a unit of one: of departments beside, the last word is the service.

        A legal form behind them makes the name of a company whose business that is.
        """
        told = [(word, affix) for word, affix in self.words if word not in _UNITS]
        departments = any(affix is Affix.CORPORATE for _, affix in told)
        last = self.follows and bool(told) and told[-1][1] is Affix.SERVICE
        a_company = Affix.LEGAL in self.classes
        return Affix.SERVICE in self.classes and not a_company and (last or not departments)

    @property
    def is_unread(self) -> bool:
        """Whether the other words are all of a script that is not read here, so that they may say anything."""
        others = [word for word, affix in self.words if affix is Affix.OTHER]
        return bool(others) and not any(map(str.isascii, others))

    @property
    def ends_in_claim(self) -> bool:
        """Whether other words stand beside the name, but the last is a claim, which is what the whole then says it is."""
        told = self.classes & {Affix.OTHER, Affix.ASIDE}
        return self.behind > 0 and bool(told) and self.words[-1][1] is Affix.SUPPORT

    @property
    def has_subject(self) -> bool:
        """Whether other words stand beside the name that may be what a claim is about: *Riverside Migraine Help*."""
        behind = {affix for _, affix in self.words[len(self.words) - self.behind :]}
        return Affix.OTHER in self.classes or Affix.ASIDE in behind

    @property
    def says_nothing(self) -> bool:
        """Whether the words say no more than that it is found on the web."""
        return all(affix is Affix.FILLER or word in _ON_THE_WEB for word, affix in self.words)

    def with_asides(self, small: frozenset[str]) -> Remainder:
        """Return the same, other words that are among ``small`` as asides, but for what says whose account it is."""
        if not small:
            return self
        aside = small - SELF_SAID
        words = (
            (word, Affix.ASIDE if affix is Affix.OTHER and word in aside else affix)
            for word, affix in self.words
        )
        return replace(self, words=tuple(words))

    @property
    def text(self) -> str:
        """Return the words for a sentence."""
        return ", ".join(f"{word} ({affix.value})" for word, affix in self.words)


@cache
def vocabulary() -> dict[str, Affix]:
    """Return every known word and its abbreviations with its class; the first class that lists it counts."""
    found: dict[str, Affix] = {}
    for affix, words in _WORDS.items():
        for word in words.split():
            found.setdefault(word, affix)
    for value, words in FOREIGN.items():
        for word in words.split():
            found.setdefault(plain(to_ascii(word)), Affix(value))
    for short, long in ABBREVIATIONS.items():
        if len(short) > _LONGEST_CODE and long in found:
            found.setdefault(short, found[long])
    return found


def remainder(before: str, after: str, *, folded: bool = False) -> Remainder:
    """Return what ``before`` and ``after`` a name are, both casefolded letters and digits."""
    return Remainder((*parse(before, folded=folded), *parse(after, folded=folded)))


def remainder_of_words(before: Sequence[str], after: Sequence[str]) -> Remainder:
    """Return what the words ``before`` and ``after`` a name are: words are joined, as in help desk, and never cut."""
    behind = _parse_words(tuple(after))
    words = (*_parse_words(tuple(before)), *behind)
    return Remainder(words, follows=bool(after) and not before, behind=len(behind))


@cache
def folded_vocabulary() -> dict[str, Affix]:
    """Return the vocabulary as it looks when glyphs are folded."""
    found: dict[str, Affix] = {}
    for word, affix in vocabulary().items():
        found.setdefault(merge_ascii(word), affix)
    return found


@lru_cache(maxsize=65536)
def parse(text: str, *, folded: bool = False) -> tuple[tuple[str, Affix], ...]:
    """Return ``text`` cut into as few known words as can be; whole, as other, where it cannot be cut so.

    A word of the language is not cut: Adelaide holds no aide. Nor are codes and particles found between others:
    the Netherlands and Portugal are not in plansny.
    """
    if not text:
        return ()
    words = folded_vocabulary() if folded else vocabulary()
    if text not in words and text in common_words():
        return ((text, Affix.OTHER),)
    return _cut(text, words, range(len(text) + 1), codes_within=False) or ((text, Affix.OTHER),)


@lru_cache(maxsize=65536)
def _parse_words(words: tuple[str, ...]) -> tuple[tuple[str, Affix], ...]:
    # Chinese and Japanese put no spaces between words.
    pieces = [piece for word in words for piece in ([word] if word.isascii() else word)]
    edges = list(accumulate(map(len, pieces), initial=0))
    found = _cut("".join(words), vocabulary(), edges)
    if found is not None:
        return found
    return tuple((word, _class_of(word, vocabulary()) or Affix.OTHER) for word in words)


def _cut(
    text: str, words: Mapping[str, Affix], edges: Sequence[int], *, codes_within: bool = True
) -> tuple[tuple[str, Affix], ...] | None:
    """Return ``text`` cut at some of ``edges`` into as few known words as can be; None where it cannot be."""
    if len(text) > _LONGEST:
        return None
    best: dict[int, tuple[tuple[str, Affix], ...]] = {0: ()}
    for end in edges:
        for start in edges:
            if not 0 < end - start <= _LONGEST_WORD or start not in best:
                continue
            affix = _class_of(text[start:end], words)
            within = start > 0 and end < len(text)
            if within and not codes_within and end - start <= _LONGEST_CODE and affix is not Affix.DIGITS:
                continue
            if affix is not None and (end not in best or len(best[start]) + 1 < len(best[end])):
                best[end] = (*best[start], (text[start:end], affix))
    return best.get(len(text))


def _class_of(word: str, words: Mapping[str, Affix]) -> Affix | None:
    return Affix.DIGITS if word.isdecimal() else words.get(word)
