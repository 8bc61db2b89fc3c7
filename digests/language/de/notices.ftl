# Kurze Antworten auf das, was Leute fragen und drücken.
looking = Ich suche noch …
slow-down = Das war viel auf einmal. Gib mir eine halbe Minute, dann geht es weiter; was du inzwischen fragst, bleibt ohne Antwort.
saved-is-own = Gespeichertes gehört jeder Person selbst: Frag in Slack danach.
kept-is-own = Was aufbewahrt wird, gehört jeder Person selbst: Frag in Slack danach.
no-such-digest = Es gibt keinen Digest namens { $name }. Es gibt: { $digests }.
old-button = Dieser Knopf stammt aus einer älteren Version und tut nichts mehr.
saved = Gespeichert: { $title }
saved-already = Das hast du schon gespeichert: { $title }
saved-lists = { $command } zeigt, was du gespeichert hast.
no-edition = Ich weiß nicht mehr, zu welcher Ausgabe das gehört. Wähl „Warum das?“ unter einem Digest, der gepostet wurde.
no-vote = Zu dieser Meldung hast du keine Stimme mehr.
taken-back = Zurückgenommen.
taken-back-of = Zurückgenommen: was du zu { $title } gesagt hast

# Was über eine Person aufbewahrt wird.
kept-nothing = Über dich ist nichts gespeichert.
kept = Über dich gespeichert: { $kept }.
kept-private = Niemand sonst sieht das.
kept-erases = Das löscht endgültig: { $kept }.
erased = Gelöscht: { $kept }. Über dich ist nichts mehr gespeichert.
erased-nothing = Über dich ist nichts mehr gespeichert.
kept-saved = { $n ->
    [one] { $n } gespeicherte Meldung
   *[other] { $n } gespeicherte Meldungen
}
kept-votes = { $n ->
    [one] { $n } Stimme
   *[other] { $n } Stimmen
}
kept-row-subscribed = Abonniert
kept-row-ended = Beendetes Abo
kept-row-saved = Gespeichert
kept-row-saved-once = Früher gespeichert
kept-row-shared = Geteilt
kept-row-more = Mehr gewünscht wie
kept-row-less = Weniger gewünscht wie
kept-row-liked = Daumen hoch für den Post
kept-row-disliked = Daumen runter für den Post
kept-row-muted = Stummgeschaltet
usage = Schreib { $usage }, zum Beispiel { $example }
preview-note = Eine Vorschau: was jetzt gepostet würde. Nichts davon gilt schon als gemeldet.
