# Der Home-Tab.
home-welcome = Willkommen bei Heatline
home-what = Die KI-Nachrichten, auf die es ankommt, jede nur einmal, egal wie viele sie melden. Probier drei Dinge aus:
home-try-ask = Frag nach einem Thema oder beliebigen Wörtern, in jeder Unterhaltung:
home-try-save = Speichere eine Meldung über ihr Menü, hier unten oder in einer Ausgabe. Sie wartet dann auf dieser Seite auf dich.
home-try-subscribe = Abonniere: deine Themen, an deinen Tagen und zu deiner Zeit, hier oder in einem Channel.
home-subscriptions = Deine Abos
home-no-subscriptions = Du hast noch keine. Ein Abo bringt dir deine Themen an deinen Tagen und zu deiner Zeit.
home-next = Als Nächstes: { $moment }
home-subscribe = Abonnieren
home-subscribe-more = Neues Abo
home-saved = Gespeichert
home-remove = Entfernen
home-all-saved = { $count ->
    [one] 1 Meldung ist gespeichert.
   *[other] { $count } Meldungen sind gespeichert.
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
home-foot = Alle Zeiten gelten für { $zone }. { $usage } sagt dir, was du fragen kannst.

# Der Dialog eines Abos.
dialog-title = Abonnieren
dialog-title-edit = Abo ändern
dialog-submit = Abonnieren
dialog-save = Speichern
dialog-cancel = Abbrechen
dialog-topics = Themen
dialog-topics-typed = Tippe, um zu suchen
dialog-topics-none = Lass es leer für alle KI-Nachrichten.
dialog-days = Tage
dialog-weekdays = Werktags
dialog-daily = Jeden Tag
dialog-some-days = Ausgewählte Tage
dialog-kept = Wie bisher: { $when }
dialog-chosen = An welchen Tagen
dialog-time = Uhrzeit
dialog-zone = Zeitzone
dialog-zone-typed = Tippe eine Stadt
dialog-size = Wie viel
dialog-stories = { $count ->
    [one] 1 Meldung
   *[other] { $count } Meldungen
 }
dialog-where = Wohin
dialog-me = An mich, als Direktnachricht
dialog-there = In einen Channel
dialog-channel = Channel
dialog-channel-hint = Wir müssen beide darin sein: /invite @Heatline lädt mich ein.
dialog-preview = Vorschau
dialog-preview-title = Vorschau
dialog-preview-waiting = Die Vorschau entsteht gerade …
dialog-preview-nothing = Gerade gäbe es dafür nichts Neues.
dialog-preview-now = { $topics }, so wie es jetzt aussähe
dialog-preview-mend = Fülle zuerst die Felder aus, die beim Absenden markiert werden.
dialog-no-topic = Eines dieser Themen gibt es nicht mehr. Wähle neu aus.
dialog-no-days = Wähle mindestens einen Tag.
dialog-no-time = Wähle eine Uhrzeit.
dialog-no-zone = Diese Zeitzone kenne ich nicht. Wähle eine aus der Liste.
dialog-no-size = Wähle, wie viele Meldungen es sein sollen.
dialog-no-where = Wähle, wohin es gehen soll.
dialog-no-channel = Wähle den Channel.
dialog-not-to-you = Dieses Abo hat jemand anderes angelegt, also kann es nur in einen Channel gehen. Für dich selbst leg ein eigenes an.
dialog-gone = Dieses Abo ist inzwischen beendet. Schließe den Dialog und abonniere neu.
dialog-unseen = Diesen Channel kann ich nicht sehen. Ist er privat, müssen wir beide darin sein: Tippe dort /invite @Heatline und sende das hier noch einmal ab.
dialog-done = Abonniert: { $what }, { $when }. Zum ersten Mal { $next }.
dialog-changed = Geändert: { $what }, { $when }. Das nächste Mal { $next }.
dialog-failed = Dein Abo: { $why }
dialog-too-late = Der Dialog kam zu spät. Versuch es noch einmal, oder tippe { $usage }.
dialog-not-yours = Dieses Abo kannst du nicht ändern, oder es ist beendet. { $usage } zeigt deine.
