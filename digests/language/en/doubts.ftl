# What admins are told of posts that may be in Slack or not.
doubt-told =
    I do not know whether the post of { $digest } ({ $moment }) is in { $channel }: Slack's answer was lost, and I am not allowed to look. I do not send it again, since it might then stand there twice.

    Please look in the channel. If you give the app the scopes for reading history and install it again within the time a digest may be late, I look and finish it by myself.

    Why I cannot look: { $why }
status-doubts = { $number ->
    [one] { $number } post may be in Slack or not: Slack did not say, and I am not allowed to look. Please look in its channel.
   *[other] { $number } posts may be in Slack or not: Slack did not say, and I am not allowed to look. Please look in their channels.
 }
status-doubt = • { $digest }, { $moment }: { $channel }
