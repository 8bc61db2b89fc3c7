# Der Home-Tab.
home-welcome = Willkommen bei Heatline
home-what = Die KI-Nachrichten, auf die es ankommt, jede nur einmal, aus Hunderten von Quellen. Probier drei Dinge aus:
home-try-ask = Frag nach einem Thema oder beliebigen Wörtern, in jeder Unterhaltung:
home-try-save = Speichere eine Nachricht über ihr Menü, hier unten oder in einer Ausgabe. Sie wartet dann auf dieser Seite auf dich.
home-try-subscribe = Abonniere: deine Themen, an deinen Tagen und zu deiner Zeit, hier oder in einem Channel.
home-subscriptions = Deine Abos
home-no-subscriptions = Du hast noch keine. Ein Abo bringt dir deine Themen an deinen Tagen und zu deiner Zeit.
home-direct = nur an dich
home-next = Als Nächstes: { $moment }
home-edit = Ändern
home-unsubscribe = Abbestellen
home-keep = Behalten
home-sure = Bist du sicher?
home-sure-text = Damit endet dein Abo zu { $topics }.
home-subscribe = Abonnieren
home-saved = Gespeichert
home-remove = Entfernen
home-all-saved = { $count ->
    [one] 1 Nachricht ist gespeichert.
   *[other] { $count } Nachrichten sind gespeichert.
 } { $usage } zeigt alle.
home-top = Das Wichtigste gerade jetzt
home-waiting = Ich schaue nach, was gerade berichtet wird …
home-nothing = Noch gibt es keine Nachrichten: Es ist kein Artikel eingegangen.
home-nothing-about = Zu diesen Themen gab es in den letzten zwei Tagen nichts Neues.
home-muted = Stummgeschaltet
home-unmute = Wieder zeigen
home-votes = Was deine Stimmen bewirken
home-more = Mehr davon: { $names }
home-less = Weniger davon: { $names }
home-foot = Alle Zeiten gelten für { $zone }, wie es in deinem Slack-Profil steht. { $usage } sagt dir, was du fragen kannst.
home-all-topics = alle KI-Nachrichten
home-changed-already = Das gab es schon nicht mehr: Die Seite ist jetzt auf dem neuesten Stand.
