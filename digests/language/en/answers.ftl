# Answers to a question.
answer-top = Top stories
answer-top-now = Top stories now
answer-count = { $count }
answer-page = { $place } of { $count }
answer-whole = { $n ->
    [one] { $count } story
   *[other] { $count } stories
}
answer-best = the best { $n } of { $count }
answer-newest = the newest { $n } of { $count }
answer-hottest = the hottest { $n } of { $count }
order-new = newest first
order-hot = hottest first
narrowed-about = about { $topics }
narrowed-from = from { $sources }
narrowed-since = since { $moment }
narrowed-without = without { $words }
narrowed-not-from = not from { $sources }
narrowed-and = { " " }
answer-withdrawn = These stories were withdrawn meanwhile.

nothing-narrowed = Nothing about { $title } { $narrowed }.
nothing-narrowed-only = No story { $narrowed }.
nothing-yet = There is no news yet: no article has come in.
nothing-about-topic = No story in the library is about { $title } yet.
nothing-found = Nothing found for { $title }.
answer-there = there { $n ->
    [one] is { $n } story
   *[other] are { $n } stories
}
answer-there-or-more = there { $n ->
    [one] is { $n } story
   *[other] are { $n } stories
} or more
answer-without = Without { $filter } { $there }.
filters = filters
answer-try = Try { $topics } for the topics I know, { $top } for the top stories now.
answer-try-words = Try fewer or other words, or { $topics } for the topics I know, { $top } for the top stories now.
meant = Did you mean:

topics-title = Topics
topics-ask = ask for one with { $example }
topics-more = and { $n } more
spoken-topics = Topics: { $topics }
help-title = What { $command } can do

coverage-of = Coverage of { $story }
coverage-none = none
coverage-nobody = Nobody else in the library tells it.
saved-title = Saved
saved-nothing = You have saved nothing yet.
saved-how = The menu of a story has Save.
spoken-saved = Saved, { $place }: { $stories }
find-shares = { $person } shares { $story }
spoken-find = A story to share: { $story }
done = Done.
