# Warum eine Meldung in einer Ausgabe steht oder nicht.
why-title = Warum:
why-in = In: { $edition }
why-edition = { $title }, { $moment }
why-preview = Vorschau von { $edition }
why-fate = { $fate }.
why-fate-for = { $fate }: { $reason }.
why-place = Nummer { $rank } von { $of ->
    [one] { $of } Meldung
   *[other] { $of } Meldungen
} nach Punkten.
why-not-current = Dieser Digest ist nicht mehr eingerichtet.
why-under = Unter { $topic }, wegen „{ $words }“ { $place }.
why-under-by = Unter { $topic }, wegen „{ $words }“ { $place } eines Berichts von { $publisher }.
why-on = Zu { $topic }, wegen „{ $words }“ { $place }.
why-on-by = Zu { $topic }, wegen „{ $words }“ { $place } eines Berichts von { $publisher }.
why-most = Was am meisten gezählt hat
why-against = Dagegen: { $signal }
spoken-why = Warum { $title }: in { $edition }: { $verdict }

# Was aus einer Meldung wurde.
fate-chosen = ausgewählt
fate-in-the-thread = im Thread
fate-off-topic = anderes Thema
fate-unwanted-kind = unerwünschte Art
fate-told-before = schon gemeldet
fate-minor = nebensächlich
fate-muted = stummgeschaltet
fate-over-the-caps = über den Grenzen
fate-late = nicht in der Ausgabe
fate-out-of-reach = außer Reichweite
fate-not-ranked = nicht bewertet

# Und der Grund dafür.
reason-off-topic = Sie gehört zu keinem Thema des Digests
reason-unwanted = Sie gilt als { $kind }, und davon nimmt der Digest nichts
reason-told = Die Ausgabe vom { $moment } UTC hat sie gemeldet
reason-told-nothing-new = Die Ausgabe vom { $moment } UTC hat sie gemeldet, und seither gibt es zu wenig Neues
reason-told-already = Dieser Bericht wurde am { $day } gemeldet; das Neue dazu führt { $publisher } an
reason-minor = Ihr Nachrichtenwert ist { NUMBER($value, minimumFractionDigits: 1) } von 3, und nur ein Medium meldet sie
reason-muted = { $name } ist hier stummgeschaltet
reason-muted-until = { $name } ist hier bis { $day } stummgeschaltet
reason-major = { $muted }, doch dies ist eine große Meldung
reason-colder = { $hotter } Artikel sind heißer, und der Post hat Platz für { $room }
reason-room = Der Post hat Platz für { $room } Meldungen
reason-twin = Sie ist vielleicht dasselbe Ereignis wie „{ $title }“
reason-updates = Es gibt schon { $n } Meldungen mit Neuem zu früheren
reason-provider = { $publisher } führt schon { $n } Meldungen an
reason-kind = Es gibt schon { $n } dieser Art ({ $kind })
reason-topic = Es gibt schon { $n } zu { $topic }
reason-late = Die Ausgabe entstand am { $moment }, bevor das bekannt war oder so beurteilt wurde wie jetzt
reason-after = Sie erschien nach der Ausgabe, am { $moment }
reason-out-of-reach = Kein Bericht dazu ist aus den { $hours } Std. vor der Ausgabe (erschienen am { $moment })
reason-not-published = Die Regel des Hubs nimmt nur veröffentlichte Artikel

# Was gezählt hat, je Signal: erst mit seiner Notiz, dann die Notizen.
why-value = für eine Redaktion { $note } wert
why-kind = Art: { $note }
why-topic = passt zu { $note }
why-standing = { $note } ist ein angesehenes Medium
why-novelty = neu, wenn auch { $note }
why-novelty-alone = anders als das, was zuletzt gemeldet wurde
note-value = { NUMBER($value, minimumFractionDigits: 1) } von 3
note-quality = Qualität { $quality }
note-coverage = { $providers ->
    [one] von einem Medium gemeldet
   *[other] von { $providers } Medien gemeldet
}
note-not-judged = nicht beurteilt
note-age = neuester Bericht { $hours } Std. alt
note-no-standing = keines seiner Medien ist bekannt
note-nothing-like-it = nichts Ähnliches wurde zuletzt gemeldet
note-like = ähnlich wie „{ $title }“, das zuletzt gemeldet wurde
note-no-feedback = keine abgegeben
note-more-wanted = mehr von { $what } ist gewünscht; eine Stimme zählt nach { $days } Tagen halb
note-less-wanted = weniger von { $what } ist gewünscht; eine Stimme zählt nach { $days } Tagen halb
note-topic-title = { $topic }: „{ $words }“ im Titel
note-topic-excerpt = { $topic }: „{ $words }“ im Anriss
note-topic-label = { $topic }: „{ $words }“ als Schlagwort
place-title = im Titel
place-excerpt = im Anriss
place-label = als Schlagwort

# Arten von Beiträgen.
kind-news = Nachricht
kind-analysis = Analyse
kind-research = Forschung
kind-tutorial = Anleitung
kind-pr = PR
kind-promo = Werbung
kind-market-report = Marktbericht
kind-off-topic = Fachfremdes
