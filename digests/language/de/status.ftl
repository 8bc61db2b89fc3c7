# Was die fragen, die den Bot betreiben.
help-post = einen Digest jetzt in seine Channels stellen, wenn du es bestätigst
help-status = wie es dem Bot geht: Digests, Bibliothek, Feeds, was Leser meinen und was Slack ihm nicht erlaubt
post-no-channel = Der Digest { $name } hat keinen Channel: setz seinen CHANNEL oder HEATLINE_CHANNEL.
post-asked = { $title } geht an { $channels }: eine Ausgabe dieser Minute, außerhalb des Zeitplans.
post-button = Jetzt posten
post-sure = { $title } wird jetzt in { $channels } gepostet.
post-done = { $title }:
post-already = In dieser Minute wurde er schon gepostet. Sieh in seinen Channels nach; der nächste kann in einer Minute hinaus.
post-quiet = Gerade gibt es nichts Berichtenswertes, und dieser Digest schweigt dann. Es wurde nichts gepostet.
delivery-done = { $channel }: gepostet
delivery-claimed = { $channel }: noch unterwegs
delivery-failed = { $channel }: nicht gepostet
delivery-ambiguous = { $channel }: vielleicht gepostet, Slack hat es nicht gesagt
status-head = Heatline { $version }, läuft seit { $since }
status-digest = { $name }: das nächste Mal { $next } ({ $zone })
status-digest-idle = { $name }: nicht eingeplant, da ohne Channel
status-last = Zuletzt { $moment }:
status-late = • ⚠ Die Ausgabe vom { $moment } war fällig und ging nicht hinaus; warum, steht im Log
status-deliveries = Lieferungen: { $done } gepostet, { $claimed } unterwegs, { $failed } nicht gepostet, { $ambiguous } ungewiss
status-waiting = • ⚠ Die älteste wartet seit { $minutes } Minuten
status-rated = • { $channel }: 👍 { $up } · 👎 { $down } in { $days } Tagen
status-library = Bibliothek: { $number ->
    [one] { $number } Artikel
   *[other] { $number } Artikel
 }, der neueste von { $newest }; { $size } MB
status-library-empty = Bibliothek: noch keine Artikel
status-feeds = Feeds: { $read } von { $number } gelesen, { $week } Artikel in sieben Tagen, { $failing } zuletzt gescheitert, { $stale } veraltet
status-subscriptions = Abos: { $number }
status-corrections = Korrekturen in { $hours } Stunden: { $done } gemacht, { $waiting } noch offen, { $failed } aufgegeben
status-slack = Slack hat nicht gesagt, welche Scopes die App hat: { $why }
status-scopes-all = Slack: kein Scope fehlt
status-scopes-missing = Slack: es fehlt { $scopes }; ergänz das und installier die App neu
