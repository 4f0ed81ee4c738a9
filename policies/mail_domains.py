"""Domains of public mail providers: an address there belongs to a person, not to an organisation."""

from __future__ import annotations

_DOMAINS = """
gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com msn.com
passport.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.ca yahoo.co.in yahoo.co.jp ymail.com
rocketmail.com aol.com aim.com icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com
tuta.com tuta.io gmx.com gmx.de gmx.net gmx.at web.de t-online.de freenet.de mail.com email.com zoho.com
zohomail.com yandex.com yandex.ru mail.ru inbox.ru list.ru bk.ru qq.com 163.com 126.com sina.com naver.com
daum.net hanmail.net rediffmail.com fastmail.com fastmail.fm hey.com duck.com comcast.net verizon.net
att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com optonline.net frontier.com
btinternet.com sky.com virginmedia.com talktalk.net orange.fr wanadoo.fr free.fr laposte.net sfr.fr
libero.it virgilio.it tiscali.it wp.pl o2.pl onet.pl interia.pl seznam.cz telenet.be ziggo.nl kpnmail.nl
bluewin.ch bigpond.com optusnet.com.au shaw.ca rogers.com sympatico.ca uol.com.br bol.com.br terra.com.br
mailinator.com guerrillamail.com 10minutemail.com temp-mail.org yopmail.com
"""
PUBLIC_MAIL_DOMAINS = frozenset(_DOMAINS.split())
