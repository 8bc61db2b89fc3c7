# Wann ein Abo kommt.
when-told = { $days } um { $times }
when-daily = täglich
when-weekdays = werktags
when-weekend = am Wochenende
when-every = jeden { $days }
when-cron = nach der Crontab-Zeile { $cron }
when-odd-word = Was heißt „{ $word }“ für die Zeit? Schreib Tage und Uhrzeiten, etwa „werktags um 8:30“, „jeden Montag um 9 Uhr“ oder „täglich um 18h“.
when-once = Ein Abo kommt immer wieder, „{ $word }“ ist nur ein Tag. Nenn Tage und Uhrzeiten, die wiederkehren, etwa „werktags um 8:30“ oder „jeden Dienstag um 9“.
when-odd-time = „{ $time }“ ist keine Uhrzeit. Schreib sie als 8:30, 9 Uhr oder 18h.
when-minutes = Alle Zeiten eines Abos haben dieselben Minuten, etwa „um 8:30 und 17:30“. Für andere abonniere zweimal.
when-many-times = Ein Abo kommt höchstens { $most }-mal am Tag.
when-too-long = So viel braucht eine Uhrzeit nicht: { $most } Zeichen genügen, etwa „werktags um 8:30“.
# Was die Posts eines Abos sagen.
subscription-of-all = KI-Nachrichten
subscription-note = Dein Abo: { $when }. Ändern oder beenden kannst du es mit /news settings.
subscription-note-channel = Jemand aus diesem Channel hat das abonniert: { $when }. Ändern oder beenden: /news settings.
subscription-note-by = { $name } hat das für diesen Channel abonniert: { $when }. Ändern oder beenden: /news settings.
# /news subscribe, unsubscribe und settings.
subscriptions-in-slack = Abos gehören jemandem: Frag in Slack danach.
subscriptions-none = Weder du noch dieser Channel hat ein Abo.
subscribe-how = Sag, worüber du Nachrichten willst und wann und wohin sie kommen sollen: /news subscribe robotics, drones at 8:30 on weekdays in #ai-news. „alles“ sind alle KI-Nachrichten. Ohne Zeit kommen sie werktags um 9:00, ohne Ort als Direktnachricht.
subscribe-unknown-topic = Ein Thema „{ $name }“ kenne ich nicht. /news topics listet alle auf; mehrere trennst du mit Kommas.
subscribe-many-topics = Ein Abo hat höchstens { $most } Themen.
subscribe-already = Dieses Abo gibt es schon: { $what }, { $when }. Es kommt wieder am { $next }.
subscribe-full = Du hast { $most } Abos, mehr gehen nicht. Beende erst eines mit /news settings.
subscribe-full-channel = Dieser Channel hat { $most } Abos, mehr gehen nicht. Beende dort erst eines mit /news settings.
subscribed = Abonniert: { $what }, { $when }, als Direktnachricht. Die erste kommt am { $next }.
subscribed-channel = Für { $name } abonniert: { $what }, { $when }. Die erste Ausgabe kommt am { $next }.
unsubscribe-button = Abbestellen
unsubscribe-sure = Damit endet das Abo: { $what }.
unsubscribe-which = Ein Abo mit der Nummer „{ $given }“ gibt es nicht. /news settings zählt sie von 1 bis { $last }.
unsubscribe-stranger = Dieses Abo kann nur beenden, wer es angelegt hat, wer in seinem Channel ist oder den Workspace verwaltet.
unsubscribed = Beendet: { $what }, { $when }. Davon kommt nichts mehr.
settings-none = Noch kein Abo. Versuch es mit: /news subscribe robotics um 8:30 werktags
settings-head = Abos { $place } von { $total }: deine und die dieses Channels.
settings-direct = Direktnachricht
settings-size = { $size ->
    [one] bis zu { $size } Meldung
   *[other] bis zu { $size } Meldungen
}
settings-next = nächstes Mal { $next }
settings-by = von
settings-sure = Bist du sicher?
settings-cancel = Abbrechen
settings-change = Ändern
ended-lately = Beendet: { $what }. Grund: { $why }.
ended-archived = der Channel wurde archiviert
ended-not-in = ich bin nicht mehr in diesem Channel
ended-topics = seine Themen gibt es im Katalog nicht mehr
ended-uninstalled = die App wurde deinstalliert
# Wohin ein Abo gehen darf.
place-direct = Ein Abo geht in einen Channel oder an dich allein, nicht in eine Gruppen-Direktnachricht.
place-archived = { $name } ist archiviert. Wähle einen anderen Channel.
place-not-in = Ich bin nicht in { $name }. Schreib dort /invite @Heatline und abonniere dann noch einmal.
place-stranger = Du bist nicht in { $name }. Tritt erst bei und abonniere dann noch einmal.
place-crowded = { $name } hat zu viele Mitglieder, um dich darunter zu suchen. Gib den Befehl dort ein, mit „in here“.
place-no-scope = Ich kann { $name } nicht ansehen: Der App fehlt eine Berechtigung, channels:read für öffentliche oder groups:read für private Channels. Wer diesen Bot betreibt, kann sie hinzufügen.
place-unknown = Ich finde keinen Channel { $name }. Ist er privat, schreib dort /invite @Heatline und abonniere dann dort mit „in here“.
place-unreached = Slack war zu diesem Channel nicht zu erreichen. Bitte versuch es in einer Minute noch einmal.
# Was /news kann.
help-subscribe = deine eigene Auswahl zu Themen, als Direktnachricht oder in einem Channel
help-unsubscribe = ein Abo beenden, nach seiner Nummer in settings
help-settings = deine Abos und die dieses Channels, zum Ändern oder Beenden
# /news forget me.
forget-subscriptions = { $n ->
    [one] { $n } Abo
   *[other] { $n } Abos
}
forget-channels = Was du für Channels abonniert hast, endet auch für sie.
