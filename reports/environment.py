"""The Jinja2 environment of all that is written from templates: HTML escaped, every name known, text cleaned.

It draws nothing, so that a mail is composed without loading what pictures and pages need.
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from auditor.model.estate import CoverageState, Level
from auditor.model.finding import Severity
from reports import names, risk_words, tally
from reports.text import clean, first_and_rest, first_sentence, listed, plural


def plain_environment() -> Environment:
    """Return a new environment; StrictUndefined, so that a template's slip is an error and no blank."""
    env = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    env.globals.update(
        CoverageState=CoverageState,
        Level=Level,
        Severity=Severity,
        names=names,
        risk_words=risk_words,
        tally=tally,
    )
    env.filters.update(
        plural=plural,
        thousands="{:,}".format,
        listed=listed,
        first_sentence=first_sentence,
        first_and_rest=first_and_rest,
        platform_name=names.platform,
        fact_name=names.FACT_NAMES.__getitem__,
        sentence=_sentence,
    )
    return env


def _finalize(value: object) -> object:
    if value is None:
        raise TypeError("a template shows a value that is not known; say 'unknown' or leave it out")
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
