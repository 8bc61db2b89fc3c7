# What readers ask of a post, and say of what they want.
help-why = why a story is, or is not, in the newest digest posted here: by its number there, or by its address
help-mute = no more of a topic or a publisher in your top stories and your own digests; what you ask for is still answered
help-unmute = tell you of it again
help-muted = what is muted, for you and here, each with a button that ends it
help-reset = forget what you said you want more or less of, or all that was said here
own-only = That is somebody's own: ask for it in Slack.
why-unknown = I know no article at { $address }. Give its address as a digest links it.
why-no-edition = No edition was made yet, so there is nothing to count in. Give the story's address instead.
why-no-number = { $edition } has { $stories ->
    [one] { $stories } story
   *[other] { $stories } stories
 }, and no number { $number }.
why-not-told = { $edition } did not tell it, and that digest is no longer set up.
missed-head = Just missed { $edition }
missed-none = Nothing just missed { $edition }.
missed-gone = I do not know any more which edition this is of.
wanted-tune = More or less like this …
wanted-more = More like this
wanted-less = Less like this
wanted-mute = Mute topic here
tune-asked = { $where ->
    [here] What do you want here of stories like “{ $title }”?
   *[you] What do you want of stories like “{ $title }”?
 }
vote-noted = Noted. { $said } Each vote counts half after { $days } days; a major story is told all the same.
vote-publisher = { $way ->
    [more] { $publisher } counts a little more
   *[less] { $publisher } counts a little less
 } { $where ->
    [here] here.
   *[you] for you.
 }
vote-topics = { $topics } { $number ->
    [one] counts
   *[other] count
 } a little { $way ->
    [more] more
   *[less] less
 } { $where ->
    [here] here
   *[you] for you
 }, and so does { $publisher }.
rated-up = Thank you. Your 👍 for this digest counts; the people who run it see how many there are.
rated-down = Thank you. Your 👎 for this digest counts; the people who run it see how many there are. Each story's menu says what you want more or less of.
reset-nothing = Nothing was said that could be forgotten.
reset-asked = Votes, saves and shares that count: { $mine } of yours, { $theirs } here. What is forgotten shifts nothing any more; saved stories and mutes stay.
reset-mine = Forget mine
reset-mine-sure = This forgets for good what you said, { $number ->
    [one] { $number } vote
   *[other] { $number } votes
 }.
reset-channel = Forget all said here
reset-channel-sure = This forgets for good what everybody said here, { $number ->
    [one] { $number } vote
   *[other] { $number } votes
 }.
reset-done = Forgotten: { $number ->
    [one] { $number } vote
   *[other] { $number } votes
 }.
members-only = Only members of that channel, and the people who run this workspace, may change that.
members-unknown = Slack does not say just now whether you are in that channel. Please try again in a minute.
members-crowded = That channel has too many members for me to look you up. Somebody who runs this workspace can change it.
mute-topic = { $where ->
    [here] Mute { $topic } here
   *[you] Mute { $topic } for me
 }
mute-source = { $where ->
    [here] Mute { $name } here
   *[you] Mute { $name } for me
 }
mute-for-all = Mute here for everybody
mute-noted = { $where ->
    [here] { $name } is muted here until { $until }: the digests posted here leave it out, but for major stories.
   *[you] { $name } is muted for you: your top stories and your own digests leave it out, but for major stories. What you ask for is still answered.
 }
mute-ended = { $where ->
    [here] { $name } is told here again.
   *[you] You are told of { $name } again.
 }
mute-not = { $name } is not muted.
mute-no-topic = This story is about no topic narrower than AI. Its publisher can be muted.
mute-everything = Everything here is about { $name }: choose a narrower topic.
mute-which = Several publishers are called so: { $name }. Which one?
mute-unknown = I know no topic and no publisher called { $name }.
mute-unseen = No article of { $name } has come in so far.
muted-nothing = Nothing is muted.
muted-head = Muted:
muted-row = { $where ->
    [here] • { $name }, here until { $until }
   *[you] • { $name }, for you
 }
unmute = Unmute { $name }
foot-more = More
foot-customize = Customize
foot-good = Good digest
foot-bad = Bad digest
answer-muted = { $number ->
    [one] { $number } muted story
   *[other] { $number } muted stories
 } left out: { $command } muted
kept-shares = { $n ->
    [one] { $n } share
   *[other] { $n } shares
 }
kept-mutes = { $n ->
    [one] { $n } mute
   *[other] { $n } mutes
 }
