# Antworten auf eine Frage.
answer-top = Die wichtigsten Meldungen
answer-top-now = Die wichtigsten Meldungen gerade jetzt
answer-count = { $count }
answer-page = { $place } von { $count }
answer-whole = { $n ->
    [one] { $count } Meldung
   *[other] { $count } Meldungen
}
answer-best = den { $n } besten aus { $count }
answer-newest = den { $n } neuesten aus { $count }
answer-hottest = den { $n } heißesten aus { $count }
order-new = das Neueste zuerst
order-hot = das Heißeste zuerst
narrowed-about = über { $topics }
narrowed-from = von { $sources }
narrowed-since = seit { $moment }
narrowed-without = ohne { $words }
narrowed-not-from = nicht von { $sources }
narrowed-and = { " " }
answer-withdrawn = Diese Meldungen wurden inzwischen zurückgezogen.

nothing-narrowed = Nichts zu { $title } { $narrowed }.
nothing-narrowed-only = Keine Meldung { $narrowed }.
nothing-yet = Es gibt noch keine Nachrichten: Es ist noch kein Artikel hereingekommen.
nothing-about-topic = In der Bibliothek gibt es noch keine Meldung zu { $title }.
nothing-found = Zu { $title } wurde nichts gefunden.
answer-there = gibt es { $n ->
    [one] { $n } Meldung
   *[other] { $n } Meldungen
}
answer-there-or-more = gibt es { $n ->
    [one] { $n } Meldung
   *[other] { $n } Meldungen
} oder mehr
answer-without = Ohne { $filter } { $there }.
filters = Filter
answer-try = Mit { $topics } siehst du die Themen, die ich kenne, mit { $top } die wichtigsten Meldungen gerade jetzt.
answer-try-words = Versuch es mit weniger oder anderen Wörtern. Mit { $topics } siehst du die Themen, die ich kenne, mit { $top } die wichtigsten Meldungen gerade jetzt.
meant = Meintest du:

topics-title = Themen
topics-ask = frag danach, zum Beispiel mit { $example }
topics-more = und { $n } weitere
spoken-topics = Themen: { $topics }
help-title = Was { $command } kann

coverage-of = Berichte zu { $story }
coverage-none = keine
coverage-nobody = Sonst meldet das niemand in der Bibliothek.
saved-title = Gespeichert
saved-nothing = Du hast noch nichts gespeichert.
saved-how = „Speichern“ findest du im Menü einer Meldung.
spoken-saved = Gespeichert, { $place }: { $stories }
find-shares = { $person } teilt { $story }
spoken-find = Eine geteilte Meldung: { $story }
done = Erledigt.
