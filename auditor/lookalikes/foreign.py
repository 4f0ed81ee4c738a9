"""Words that stand around a name in languages other than English, by class of affix.

Spanish, Portuguese, French, German, Italian, Dutch, Swedish, Norwegian, Danish, Polish, Turkish, Indonesian, Russian,
Arabic, Chinese, Japanese, Korean, Hindi: what they call support, official, refunds, prizes, news, jobs. Written as those
languages write them; what they look like is what is compared, so that accents may be missing.
"""

FOREIGN = {
    "support": """
        soporte ayuda centrodeayuda oficial verificado verificada atenciónalcliente atenciónclientes atencióncliente
        servicioalcliente reembolso reembolsos devoluciones sorteo sorteos premio premios ganadores recuperación
        verifique verificar verificación
        suporte ajuda centraldeajuda atendimento atendimentoaocliente sorteio prêmios recuperação
        aide centredaide officiel officielle serviceclient serviceclients serviceclientèle serviceaprèsvente remboursement remboursements
        vérifié certifié compteofficiel
        hilfe kundenservice kundendienst kundensupport kundenbetreuung kundenhilfe kundencenter offiziell offizielle
        offizieller offizielles rückerstattung rueckerstattung erstattung erstattungen gewinnspiel gewinnspiele
        verifiziert
        assistenza assistenzaclienti servizioclienti supporto aiuto ufficiale verificato rimborso rimborsi
        klantenservice officieel officiële hulp terugbetaling
        kundservice kundtjänst kundeservice hjälp hjelp hjælp officiell offisiell officiel
        pomoc obsługaklienta oficjalny oficjalna oficjalne
        destek resmi resmî müşterihizmetleri yardim
        bantuan layananpelanggan akunresmi
        поддержка служба помощь официальный официальная официальное официально
        الدعم دعم الرسمي الرسمية رسمي خدمةالعملاء مساعدة
        desbloqueo desbloqueio entsperrung sblocco ügyfélszolgálat hivatalos asiakaspalvelu virallinen podpora wsparcie
        zwrot zwroty ajutor onayli iade undian hotro chinhthuc hoantien підтримка допомога офіційний офіційна υποστήριξη
        βοήθεια επίσημο επίσημη εξυπηρέτηση תמיכה רשמי עזרה שירותלקוחות החזרים استرداد موثق جوائز
        お問い合わせ 問い合わせ 窓口 返金 認証 当選 抽選 客服中心 在线客服 退款 认证 認證 验证 驗證 抽奖 抽獎 热线 熱線 문의 상담 환불
        인증 당첨 공식계정 ช่วยเหลือ บริการลูกค้า
        官方 客服 客戶服務 客户服务 帮助 公式 公式アカウント サポート カスタマーサポート 고객센터 공식 고객지원
        सहायता आधिकारिक
        """,
    "service": """
        cliente clientes clienti kunden klanten reclamaciones reclamación réclamation réclamations reklamation
        reklamationen reclami pagos pago pagamentos pagamento paiement paiements zahlung zahlungen factura facturas
        fatura faturas facture factures rechnung rechnungen cita citas rendezvous termin promoción promociones
        promoção promoções oferta ofertas offre offres angebot angebote descuento descuentos cadeau cadeaux
        bloqueo bloqueos bloqueio consulta consultas trámites turnos litige litiges beschwerde beschwerden sperrung blocco
        cuenta cuentas conta conto compte comptes konto konten recompensas asistencia dons donación donaciones doação doações donazione donazioni spende spenden donatie donaties equipo equipe équipe alertas alerte avisos
        """,
    "region": """
        latinoamérica norteamérica sudamérica colômbia alemania francia suiza suisse schweiz svizzera österreich
        oesterreich belgique belgië brasil españa méxico perú türkiye danmark sverige россия 日本 中国 中國 한국
        """,
    "corporate": """
        noticias novedades notícias actualités nouvelles nachrichten aktuell neuigkeiten notizie nieuws nyheter
        empleo empleos trabajo vagas carreiras carrière carrières emploi karriere jobbörse lavoro werkenbij
        prensa imprensa presse pressestelle stampa tienda tiendas boutique magasin laden negozio loja winkel
        fundación fundação fondation stiftung fondazione escuela école schule scuola seguridad sécurité sicherheit
        sicurezza investigación recherche forschung inscription inscriptions inscripción inscripciones
        iscrizione iscrizioni anmeldung termine новости 新闻 ニュース 採用
        """,
    "filler": "enlínea enligne au aux su tu sus votre vos ihr ihre el la los las del al le les du des der die das il lo dei da do dos di von für por para pour",
}
"""Class of affix (the value of an `Affix`) to words; phrases without their spaces."""
