# Was an einer Meldung steht und was um die Meldungen eines Digests herum steht.
age-now = gerade eben
age-minutes = vor { $n } Min.
age-hours = vor { $n } Std.
age-days = { $n ->
    [one] vor { $n } Tag
   *[other] vor { $n } Tagen
}
heat = Hitze { $heat }
also-in = auch bei { $names }
also-in-more = auch bei { $names } +{ $more }
others = { $n ->
    [one] +{ $n }{ "\u00A0" }weiteres
   *[other] +{ $n }{ "\u00A0" }weitere
}
told = schon am { $day } gemeldet
story-update = Neues dazu: { $title }
story-untitled = Ohne Titel

edition-untitled = Nachrichten
summary-stories = { $stories ->
    [one] { $stories } Meldung
   *[other] { $stories } Meldungen
}
summary-stories-of = { $stories ->
    [one] { $stories } Meldung
   *[other] { $stories } Meldungen
} aus { $articles ->
    [one] { $articles } Artikel
   *[other] { $articles } Artikeln
}
summary-merged = { $n } zusammengefasst
summary-stale = { $n ->
    [one] { $n } Feed veraltet
   *[other] { $n } Feeds veraltet
}
left-out = Ausgelassene Meldungen: { $stories }
left-out-unwanted = { $n } von unerwünschter Art
left-out-off-topic = { $n } zu anderen Themen
left-out-told-before = { $n } schon gemeldet
left-out-minor = { $n } nebensächlich
left-out-muted = { $n } hier stummgeschaltet
left-out-over-caps = { $n } über den Grenzen dieses Digests

# Ein Digest ohne Meldungen.
quiet = Gerade ist es ruhig: keine neue Meldung, die in diesen Digest gehört.
quiet-read = { $n ->
    [one] { $n } Artikel
   *[other] { $n } Artikel
} gelesen.
quiet-merged = { $n ->
    [one] { $n } Artikel
   *[other] { $n } Artikel
} gelesen, { $merged } zusammengefasst.
quiet-nothing = Es kam nichts Neues herein.
quiet-stale = { $n ->
    [one] { $n } Feed ist veraltet.
   *[other] { $n } Feeds sind veraltet.
}

# Der Thread unter einem Digest.
thread-overflow = Auch in diesem Digest
thread-more = Weitere Meldungen
thread-covered = Auch anderswo gemeldet:
and-in = und bei

# Was vorgelesen wird.
spoken-edition = { $title }, { $date }
spoken-covered = Auch von anderen Medien gemeldet
spoken-rest = Mehr aus diesem Digest
spoken-part = { $said } ({ $n } von { $parts })

# Eine Seite, die einen Digest zeigt.
page-thread = Thread
