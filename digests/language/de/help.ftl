# Was /news kann, je Form eine Zeile.
help-top = die wichtigsten Meldungen gerade jetzt
help-words = die besten Meldungen zu einem Thema oder zu Wörtern
help-phrase = Meldungen mit genau diesen Wörtern
help-without = nichts zu diesem Wort; auch -"PHRASE", -topic:TOPIC, -source:NAME
help-topics = die Themen, nach denen du fragen kannst
help-digest = wie die nächste Ausgabe jetzt aussähe
help-saved = was du gespeichert hast, zum Lesen oder Entfernen
help-forget = was über dich gespeichert ist, und ein Knopf, der es löscht
help-help = diese Liste
filter-topic = nur zu diesem Thema
filter-source = nur so, wie dieses Medium es meldet; mehrere heißen: eines davon
filter-since = nur was neuer ist: 24h, 7d, 2w, yesterday, monday, 2026-11-20
filter-sort = das Neueste, Heißeste oder Beste zuerst
help-such-as = { $what }, zum Beispiel { $example }
help-also = { $what } (auch { $words })
