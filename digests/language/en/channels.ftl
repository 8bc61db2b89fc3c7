# The settings of a channel’s digest.
channel-title = Channel’s digest
channel-in = in
channel-by = by
channel-everywhere = The settings are those of the digest in all its channels. What you change here counts for this channel.
channel-changed = This channel’s own settings, changed in Slack { $moment }
channel-standard = The standard: { $standard }
channel-when = { $when } ({ $zone })
channel-next = Next: { $moment }
channel-language = Language
channel-no-language = Choose the language.
channel-yourself = A digest for me
channel-reset = Back to the standard
channel-reset-sure = This channel then has the digest as its other channels do. Nothing is told here again.
channel-done = Changed for this channel: { $title }, { $when }. The next comes { $next }.
channel-back = Back to the standard: { $title }, { $when }. The next comes { $next }.
channel-failed = The settings of the channel’s digest: { $why }
channel-overtaken = Somebody changed these settings { $moment }, after you had opened them. Close this, and open them anew.
channel-gone = This digest does not go to that channel any more.
channel-who = The admins and owners of this workspace can change it, and those named in HEATLINE_ADMINS.
channel-who-button = This is your own digest. That of the channel is changed by the admins and owners of this workspace, and by those named in HEATLINE_ADMINS.
home-channels = Digests of channels
status-digest-own = { $name }: every channel has its own settings
status-own = • { $channel } has its own settings, changed in Slack { $moment }{ $by ->
    [nobody] { "" }
   *[other] { " " }by { $by }
}: next { $next } ({ $zone })
forget-settings = { $n ->
    [one] that you changed the settings of { $n } channel’s digest
   *[other] that you changed settings of channels’ digests, { $n } times
}
forget-settings-stay = The settings of channels’ digests stay, without your name.
kept-row-settings = Changed the settings of
