# Why a story is, or is not, in an edition.
why-title = Why:
why-in = In { $edition }
why-edition = { $title }, { $moment }
why-preview = a preview of { $edition }
why-fate = { $fate }.
why-fate-for = { $fate }, { $reason }.
why-place = Number { $rank } of { $of ->
    [one] { $of } story
   *[other] { $of } stories
} by score.
why-not-current = This digest is no longer set up.
why-under = Under { $topic }, for “{ $words }” in its { $place }.
why-under-by = Under { $topic }, for “{ $words }” in the { $place } of a report by { $publisher }.
why-on = On { $topic }, for “{ $words }” in its { $place }.
why-on-by = On { $topic }, for “{ $words }” in the { $place } of a report by { $publisher }.
why-most = What counted most
why-against = Against it: { $signal }
spoken-why = Why { $title }: in { $edition }: { $verdict }

# What became of a story.
fate-chosen = chosen
fate-in-the-thread = in the thread
fate-off-topic = off topic
fate-unwanted-kind = unwanted kind
fate-told-before = told before
fate-minor = minor
fate-muted = muted
fate-over-the-caps = over the caps
fate-late = not in the edition
fate-out-of-reach = out of reach
fate-not-ranked = not ranked

# And the reason for it.
reason-off-topic = it belongs to none of the digest's topics
reason-unwanted = it is taken for { $kind }, of which the digest takes none
reason-told = the edition of { $moment } UTC told it
reason-told-nothing-new = the edition of { $moment } UTC told it, and there is too little new since
reason-told-already = this report was told on { $day }; the update is led by { $publisher }
reason-minor = its news value is { NUMBER($value, minimumFractionDigits: 1) } of 3, and one provider alone tells it
reason-muted = { $name } is muted here
reason-muted-until = { $name } is muted here until { $day }
reason-major = { $muted }, but this is a major story
reason-colder = { $hotter } articles are hotter, and the post has room for { $room }
reason-room = the post has room for { $room } stories
reason-twin = it may be the same event as '{ $title }'
reason-updates = there are { $n } updates already
reason-provider = { $publisher } leads { $n } stories already
reason-kind = there are { $n } of { $kind } already
reason-topic = there are { $n } of { $topic } already
reason-late = the edition was made at { $moment }, before this was known or judged as it is now
reason-after = it was published after the edition, at { $moment }
reason-out-of-reach = no report of its story is from the { $hours } h before the edition (it was published { $moment })
reason-not-published = the hub's rule takes published articles only

# What counted, by signal: first with its note, then the notes.
why-value = worth { $note } to an editor
why-kind = it is { $note }
why-topic = fits { $note }
why-standing = { $note } is a publisher of good standing
why-novelty = new, if { $note }
why-novelty-alone = unlike what was told lately
note-value = { NUMBER($value, minimumFractionDigits: 1) } of 3
note-quality = quality { $quality }
note-coverage = { $providers ->
    [one] told by one provider
   *[other] told by { $providers } providers
}
note-not-judged = not judged
note-age = newest report { $hours } h old
note-no-standing = no provider of it is known
note-nothing-like-it = nothing like it was told lately
note-like = like '{ $title }', told lately
note-no-feedback = none given
note-more-wanted = more of { $what } is wanted; a vote counts half after { $days } days
note-less-wanted = less of { $what } is wanted; a vote counts half after { $days } days
note-topic-title = { $topic }: '{ $words }' in the title
note-topic-excerpt = { $topic }: '{ $words }' in the excerpt
note-topic-label = { $topic }: '{ $words }' in the label
place-title = title
place-excerpt = excerpt
place-label = label

# Kinds of pieces.
kind-news = news
kind-analysis = analysis
kind-research = research
kind-tutorial = tutorial
kind-pr = pr
kind-promo = promo
kind-market-report = market-report
kind-off-topic = off-topic
