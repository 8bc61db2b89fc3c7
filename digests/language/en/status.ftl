# What the people who run the bot ask for.
help-post = post a digest now to its channels, once you say that you are sure
help-status = how the bot does: digests, library, feeds, what readers think, and what Slack does not let it do
post-no-channel = The digest { $name } has no channel: set its CHANNEL, or HEATLINE_CHANNEL.
post-asked = { $title } goes to { $channels }: an edition of this minute, outside its schedule.
post-button = Post it now
post-sure = { $title } is posted to { $channels } now.
post-done = { $title }:
post-already = It was posted this minute already. Look in its channels; the next one can go out in a minute.
post-quiet = There is nothing worth telling just now, and this digest says nothing then. Nothing was posted.
delivery-done = { $channel }: posted
delivery-claimed = { $channel }: still on its way
delivery-failed = { $channel }: not posted
delivery-ambiguous = { $channel }: perhaps posted, Slack did not say
status-head = Heatline { $version }, running since { $since }
status-digest = { $name }: next { $next } ({ $zone })
status-digest-idle = { $name }: not scheduled, as it has no channel
status-last = Last { $moment }:
status-late = • ⚠ The edition of { $moment } was due and was not posted; the log says why
status-deliveries = Deliveries: { $done } posted, { $claimed } on their way, { $failed } not posted, { $ambiguous } in doubt
status-waiting = • ⚠ The oldest has waited for { $minutes } minutes
status-rated = • { $channel }: 👍 { $up } · 👎 { $down } in { $days } days
status-library = Library: { $number ->
    [one] { $number } article
   *[other] { $number } articles
 }, the newest of { $newest }; { $size } MB
status-library-empty = Library: no articles yet
status-feeds = Feeds: { $read } of { $number } read, { $week } articles in seven days, { $failing } failed the last time, { $stale } stale
status-subscriptions = Subscriptions: { $number }
status-corrections = Corrections in { $hours } hours: { $done } made, { $waiting } waiting, { $failed } given up
status-slack = Slack did not say which scopes the app has: { $why }
status-scopes-all = Slack: no scope is missing
status-scopes-missing = Slack: { $scopes } missing; add what is missing and reinstall the app
