# Short answers to what people ask and press.
looking = Still looking …
slow-down = That was a lot in a row. Give me half a minute, then I go on; what you asked meanwhile is not answered.
saved-is-own = What is saved is somebody's own: ask for it in Slack.
kept-is-own = What is kept is somebody's own: ask for it in Slack.
no-such-digest = There is no digest called { $name }. There are: { $digests }.
old-button = That button is of an older version, and does nothing any more.
saved = Saved: { $title }
saved-already = You have saved this already: { $title }
saved-lists = { $command } lists what you saved.
no-edition = I do not know any more which edition this is of. Choose Why this under a digest that was posted.
no-vote = You have no vote on that story any more.
taken-back = Taken back.
taken-back-of = Taken back: what you said of { $title }

# What is kept about a person.
kept-nothing = Nothing is kept about you.
kept = Kept about you: { $kept }.
kept-private = Nobody else sees it.
kept-erases = This erases for good: { $kept }.
erased = Erased: { $kept }. Nothing is kept about you any more.
erased-nothing = Nothing is kept about you any more.
kept-saved = { $n ->
    [one] { $n } saved story
   *[other] { $n } saved stories
}
kept-votes = { $n ->
    [one] { $n } vote
   *[other] { $n } votes
}
kept-row-subscribed = Subscribed
kept-row-ended = Ended subscription
kept-row-saved = Saved
kept-row-saved-once = Saved before
kept-row-shared = Shared
kept-row-more = Wanted more like
kept-row-less = Wanted less like
kept-row-liked = Thumbs up for the post
kept-row-disliked = Thumbs down for the post
kept-row-muted = Muted
usage = Write { $usage }, such as { $example }
preview-note = A preview: what would be posted now. Nothing of it counts as told.
