# Die Einstellungen des Digests eines Channels.
channel-title = Digest des Channels
channel-in = in
channel-by = von
channel-everywhere = Das sind die Einstellungen des Digests in allen seinen Channels. Was du hier änderst, gilt für diesen Channel.
channel-changed = Eigene Einstellungen dieses Channels, in Slack geändert { $moment }
channel-standard = Der Standard: { $standard }
channel-when = { $when } ({ $zone })
channel-next = Nächstes Mal: { $moment }
channel-language = Sprache
channel-no-language = Wähle die Sprache.
channel-yourself = Ein Digest für mich
channel-reset = Zurück zum Standard
channel-reset-sure = Dieser Channel hat den Digest dann wie seine anderen Channels. Hier wird nichts noch einmal gemeldet.
channel-done = Für diesen Channel geändert: { $title }, { $when }. Das nächste Mal { $next }.
channel-back = Zurück zum Standard: { $title }, { $when }. Das nächste Mal { $next }.
channel-failed = Die Einstellungen des Channel-Digests: { $why }
channel-overtaken = Jemand hat diese Einstellungen geändert ({ $moment }), nachdem du sie geöffnet hattest. Schließe den Dialog und öffne ihn neu.
channel-gone = Dieser Digest geht nicht mehr in diesen Channel.
channel-who = Ändern können ihn die Admins und Inhaber dieses Workspace und wer in HEATLINE_ADMINS steht.
channel-who-button = Das ist dein eigener Digest. Den des Channels ändern die Admins und Inhaber dieses Workspace und wer in HEATLINE_ADMINS steht.
home-channels = Digests der Channels
status-digest-own = { $name }: jeder Channel hat eigene Einstellungen
status-own = • { $channel } hat eigene Einstellungen, in Slack geändert { $moment }{ $by ->
    [nobody] { "" }
   *[other] { " " }von { $by }
}: das nächste Mal { $next } ({ $zone })
forget-settings = { $n ->
    [one] dass du die Einstellungen { $n } Channel-Digests geändert hast
   *[other] dass du Einstellungen von Channel-Digests geändert hast, { $n }-mal
}
forget-settings-stay = Die Einstellungen der Channel-Digests bleiben, ohne deinen Namen.
kept-row-settings = Einstellungen geändert von
