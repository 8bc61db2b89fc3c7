# The Home tab.
home-welcome = Welcome to Heatline
home-what = The AI news that matters, each story once, however many tell it. Three things to try:
home-try-ask = Ask about a topic or any words, in any conversation:
home-try-save = Save a story from its menu, here below or under a digest. It waits for you on this page.
home-try-subscribe = Subscribe: a digest of your topics, on your days and at your time, here or in a channel.
home-subscriptions = Your subscriptions
home-no-subscriptions = You have none. A subscription brings your topics on your days and at your time.
home-next = Next: { $moment }
home-subscribe = Subscribe
home-subscribe-more = New subscription
home-saved = Saved
home-remove = Remove
home-all-saved = { $count ->
    [one] 1 story is saved.
   *[other] { $count } stories are saved.
 } { $usage } lists all.
home-top = Top stories now
home-waiting = Looking for what is told just now …
home-nothing = There is no news yet: no article has come in.
home-nothing-about = Nothing new in these topics in the last two days.
home-muted = Muted
home-unmute = Unmute
home-votes = What your votes steer
home-more = More of it: { $names }
home-less = Less of it: { $names }
home-foot = Times are those of { $zone }. { $usage } tells what you can ask.

# The dialog of a subscription.
dialog-title = Subscribe
dialog-title-edit = Change subscription
dialog-submit = Subscribe
dialog-save = Save
dialog-cancel = Cancel
dialog-topics = Topics
dialog-topics-typed = Type to search
dialog-topics-none = Leave it empty for all AI news.
dialog-days = Days
dialog-weekdays = Weekdays
dialog-daily = Every day
dialog-some-days = Chosen days
dialog-kept = As it is: { $when }
dialog-chosen = Which days
dialog-time = Time
dialog-zone = Time zone
dialog-zone-typed = Type a city
dialog-size = How much
dialog-stories = { $count ->
    [one] 1 story
   *[other] { $count } stories
 }
dialog-where = Where to
dialog-me = To me, as a direct message
dialog-there = To a channel
dialog-channel = Channel
dialog-channel-hint = You and I both have to be in it: /invite @Heatline invites me.
dialog-preview = Preview
dialog-preview-title = Preview
dialog-preview-waiting = Making the preview …
dialog-preview-nothing = Nothing new would belong in it just now.
dialog-preview-now = { $topics }, as it would be now
dialog-preview-mend = First fill in the fields that are marked when you send this off.
dialog-no-topic = One of these topics is not there any more. Choose again.
dialog-no-days = Choose at least one day.
dialog-no-time = Choose a time.
dialog-no-zone = I do not know this time zone. Choose one from the list.
dialog-no-size = Choose how many stories.
dialog-no-where = Choose where it goes.
dialog-no-channel = Choose the channel.
dialog-not-to-you = Somebody else made this subscription, so it can only go to a channel. To get the news yourself, subscribe anew.
dialog-gone = This subscription has ended meanwhile. Close this and subscribe anew.
dialog-unseen = I cannot see this channel. If it is private, you and I both have to be in it: type /invite @Heatline there, then send this off again.
dialog-done = Subscribed: { $what }, { $when }. The first comes { $next }.
dialog-changed = Changed: { $what }, { $when }. The next comes { $next }.
dialog-failed = Your subscription: { $why }
dialog-too-late = The dialog came too late. Please try again, or type { $usage }.
dialog-not-yours = This subscription is not yours to change, or has ended. { $usage } lists yours.
