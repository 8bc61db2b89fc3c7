# What stands at a story, and around the stories of a digest.
age-now = now
age-minutes = { $n } min
age-hours = { $n } h
age-days = { $n } d
heat = heat { $heat }
also-in = also in { $names }
also-in-more = also in { $names } +{ $more }
others = { $n ->
    [one] +{ $n }{ "\u00A0" }other
   *[other] +{ $n }{ "\u00A0" }others
}
told = told { $day }
story-update = Update: { $title }
story-untitled = Untitled

edition-untitled = News
summary-stories = { $stories ->
    [one] { $stories } story
   *[other] { $stories } stories
}
summary-stories-of = { $stories ->
    [one] { $stories } story
   *[other] { $stories } stories
} from { $articles ->
    [one] { $articles } article
   *[other] { $articles } articles
}
summary-merged = { $n } merged
summary-stale = { $n ->
    [one] { $n } feed stale
   *[other] { $n } feeds stale
}
left-out = Stories left out: { $stories }
left-out-unwanted = { $n } of kinds it does not take
left-out-off-topic = { $n } on other topics
left-out-told-before = { $n } told before
left-out-minor = { $n } minor
left-out-muted = { $n } muted here
left-out-over-caps = { $n } over this digest's limits

# A digest without stories.
quiet = A quiet spell: no new story that belongs in this digest.
quiet-read = { $n ->
    [one] { $n } article
   *[other] { $n } articles
} read.
quiet-merged = { $n ->
    [one] { $n } article
   *[other] { $n } articles
} read, { $merged } merged.
quiet-nothing = Nothing new came in.
quiet-stale = { $n ->
    [one] { $n } feed is
   *[other] { $n } feeds are
} stale.

# The thread under a digest.
thread-overflow = Also in this digest
thread-more = More stories
thread-covered = Also covered:
and-in = and in

# What is read aloud.
spoken-edition = { $title }, { $date }
spoken-covered = Also covered by other publishers
spoken-rest = More of this digest
spoken-part = { $said } ({ $n } of { $parts })

# A page that shows a digest.
page-thread = Thread
