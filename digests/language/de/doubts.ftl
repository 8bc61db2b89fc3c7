# Was Admins über Beiträge hören, von denen niemand weiß, ob sie in Slack stehen.
doubt-told =
    Ich weiß nicht, ob der Beitrag von { $digest } ({ $moment }) in { $channel } steht: Slacks Antwort ging verloren, und nachsehen darf ich nicht. Ich schicke ihn nicht noch einmal, denn dann stünde er vielleicht doppelt da.

    Bitte sieh im Channel nach. Wenn du der App die Scopes für den Verlauf gibst und sie neu installierst, solange ein Digest noch verspätet kommen darf, sehe ich selbst nach und bringe ihn zu Ende.

    Warum ich nicht nachsehen kann: { $why }
status-doubts = { $number ->
    [one] { $number } Beitrag steht vielleicht in Slack, vielleicht nicht: Slack hat nichts gesagt, und nachsehen darf ich nicht. Bitte sieh in seinem Channel nach.
   *[other] { $number } Beiträge stehen vielleicht in Slack, vielleicht nicht: Slack hat nichts gesagt, und nachsehen darf ich nicht. Bitte sieh in ihren Channels nach.
 }
status-doubt = • { $digest }, { $moment }: { $channel }
