# What /news can do, a form each.
help-top = the top stories now
help-words = the best stories about a topic or some words
help-phrase = stories with exactly these words
help-without = nothing about that word; also -"PHRASE", -topic:TOPIC, -source:NAME
help-topics = the topics you can ask for
help-digest = what the next edition would be now
help-saved = what you saved, to read or to remove
help-forget = what is kept about you, and a button that erases it
help-help = this list
filter-topic = only about this topic
filter-source = only as this publisher tells it; several mean any of them
filter-since = only what is newer: 24h, 7d, 2w, yesterday, monday, 2026-11-20
filter-sort = newest, hottest or best first
help-such-as = { $what }, such as { $example }
help-also = { $what } (also { $words })
