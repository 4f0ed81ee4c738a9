"""Every source that asks a platform, by the word that ``source:`` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base import Context
from connectors.candidates.base import SourceSettings
from connectors.candidates.bluesky import Bluesky, BlueskySettings
from connectors.candidates.mastodon import Mastodon, MastodonSettings
from connectors.candidates.meta_ads import FacebookAds, FacebookAdsSettings
from connectors.candidates.meta_instagram import Instagram, InstagramSettings
from connectors.candidates.meta_pages import FacebookPages, FacebookSettings
from connectors.candidates.x_users import XUsers, XUsersSettings

Source = XUsers | Mastodon | Bluesky | FacebookPages | FacebookAds | Instagram

SOURCES: Mapping[str, tuple[type[SourceSettings], Callable[[Any, Context], Source]]] = {
    "bluesky": (BlueskySettings, Bluesky),
    "facebook": (FacebookSettings, FacebookPages),
    "facebook_ads": (FacebookAdsSettings, FacebookAds),
    "instagram": (InstagramSettings, Instagram),
    "mastodon": (MastodonSettings, Mastodon),
    "x": (XUsersSettings, XUsers),
}
"""Word to the settings and the source made of them."""
