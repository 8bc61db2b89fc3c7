# When a subscription comes.
when-told = { $days } at { $times }
when-daily = every day
when-weekdays = weekdays
when-weekend = weekends
when-every = every { $days }
when-cron = by the crontab line { $cron }
when-odd-word = I do not understand “{ $word }” in when it should come. Write days and times, such as “at 8:30 on weekdays”, “every monday at 9am” or “daily at 18h”.
when-once = A subscription comes again and again, and “{ $word }” is one day only. Say days and times that recur, such as “at 8:30 on weekdays” or “every tuesday at 9”.
when-odd-time = “{ $time }” is no time of day. Write it as 8:30, 9am or 18h.
when-minutes = All times of a subscription share their minutes, such as “at 8:30 and 17:30”. For others, subscribe twice.
when-many-times = A subscription comes { $most } times a day at most.
when-too-long = That is a long time to say a time: { $most } characters are enough, such as “at 8:30 on weekdays”.
# What a subscription's posts say.
subscription-of-all = AI news
subscription-note = Your subscription: { $when }. Change or end it with /news settings.
subscription-note-channel = A member of this channel subscribed to this: { $when }. Change or end it with /news settings.
subscription-note-by = { $name } subscribed this channel to this: { $when }. Change or end it with /news settings.
# /news subscribe, unsubscribe and settings.
subscriptions-in-slack = Subscriptions are somebody’s own: ask for them in Slack.
subscriptions-none = You have no subscription, and neither has this channel.
subscribe-how = Say what you want news about, and when and where it should come: /news subscribe robotics, drones at 8:30 on weekdays in #ai-news. “everything” is all AI news. Without a time it comes on weekdays at 9:00, without a place as a direct message.
subscribe-unknown-topic = I know no topic “{ $name }”. /news topics lists them all; put commas between several.
subscribe-many-topics = A subscription has { $most } topics at most.
subscribe-already = That subscription is there already: { $what }, { $when }. It comes next { $next }.
subscribe-full = You have { $most } subscriptions, which is as many as may be. End one with /news settings first.
subscribe-full-channel = That channel has { $most } subscriptions, which is as many as may be. End one with /news settings there first.
subscribed = Subscribed: { $what }, { $when }, as a direct message. The first comes { $next }.
subscribed-channel = Subscribed { $name }: { $what }, { $when }. The first comes { $next }.
unsubscribe-button = Unsubscribe
unsubscribe-sure = This ends the subscription: { $what }.
unsubscribe-which = There is no subscription number “{ $given }”. /news settings numbers them from 1 to { $last }.
unsubscribe-stranger = Only the person who subscribed, the members of its channel and admins can end that subscription.
unsubscribed = Ended: { $what }, { $when }. Nothing more of it comes.
settings-none = No subscription yet. Try: /news subscribe robotics at 8:30 on weekdays
settings-head = Subscriptions { $place } of { $total }: yours, and those of this channel.
settings-direct = direct message
settings-size = { $size ->
    [one] up to { $size } story
   *[other] up to { $size } stories
}
settings-next = next { $next }
settings-by = by
settings-sure = Are you sure?
settings-cancel = Cancel
settings-change = Change
ended-lately = Ended: { $what }, since { $why }.
ended-archived = the channel was archived
ended-not-in = I am no longer in that channel
ended-topics = its topics are no longer in the catalogue
ended-uninstalled = the app was uninstalled
# Where a subscription may go.
place-direct = A subscription goes to a channel or to you alone, not to a group’s direct message.
place-archived = { $name } is archived. Choose another channel.
place-not-in = I am not in { $name }. Type /invite @Heatline there, then subscribe again.
place-stranger = You are not in { $name }. Join it first, then subscribe again.
place-crowded = { $name } has too many members to look you up. Type the command there, with “in here”.
place-no-scope = I cannot look at { $name }: the app lacks a permission, channels:read for public channels or groups:read for private ones. The people who run this bot can add it.
place-unknown = I find no channel { $name }. If it is private, type /invite @Heatline there, then subscribe again there with “in here”.
place-unreached = Slack could not be asked about that channel. Please try again in a minute.
# What /news can do.
help-subscribe = your own digest of topics, by direct message or in a channel
help-unsubscribe = end a subscription by its number in settings
help-settings = your subscriptions and this channel’s, to change or end
# /news forget me.
forget-subscriptions = { $n ->
    [one] { $n } subscription
   *[other] { $n } subscriptions
}
forget-channels = What you subscribed channels to ends for them, too.
