# The Home tab.
home-welcome = Welcome to Heatline
home-what = The AI news that matters, each story once, from hundreds of publishers. Three things to try:
home-try-ask = Ask about a topic or any words, in any conversation:
home-try-save = Save a story from its menu, here below or under a digest. It waits for you on this page.
home-try-subscribe = Subscribe: a digest of your topics, on your days and at your time, here or in a channel.
home-subscriptions = Your subscriptions
home-no-subscriptions = You have none. A subscription brings your topics on your days and at your time.
home-direct = to you alone
home-next = Next: { $moment }
home-edit = Edit
home-unsubscribe = Unsubscribe
home-keep = Keep it
home-sure = Are you sure?
home-sure-text = This ends your subscription to { $topics }.
home-subscribe = Subscribe
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
home-foot = Times are those of { $zone }, as your Slack profile has it. { $usage } tells what you can ask.
home-all-topics = all AI news
home-changed-already = That was not there any more: this page is up to date now.
