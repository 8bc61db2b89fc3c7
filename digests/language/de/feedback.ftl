# Was Leser an einem Digest erfragen, und was sie sich wünschen.
help-why = warum eine Meldung im neuesten Digest hier steht oder nicht: nach ihrer Nummer dort oder ihrer Adresse
help-mute = nichts mehr zu einem Thema oder Medium in deinen Topmeldungen und eigenen Digests; was du erfragst, wird weiter beantwortet
help-unmute = dir wieder davon berichten
help-muted = was für dich und hier stummgeschaltet ist, je mit einem Knopf, der es beendet
help-reset = vergessen, wovon du mehr oder weniger wolltest, oder alles, was hier dazu gesagt wurde
own-only = Das gehört jeweils einer Person: frag in Slack danach.
why-unknown = Ich kenne keinen Artikel unter { $address }. Gib die Adresse so an, wie ein Digest sie verlinkt.
why-no-edition = Es gibt noch keine Ausgabe, in der sich zählen ließe. Gib stattdessen die Adresse der Meldung an.
why-no-number = { $edition } hat { $stories ->
    [one] { $stories } Meldung
   *[other] { $stories } Meldungen
 } und keine Nummer { $number }.
why-not-told = { $edition } hat das nicht gemeldet, und dieser Digest ist nicht mehr eingerichtet.
missed-head = Knapp nicht dabei: { $edition }
missed-none = Knapp nicht dabei war nichts: { $edition }.
missed-gone = Ich weiß nicht mehr, zu welcher Ausgabe das gehört.
wanted-tune = Mehr oder weniger davon …
wanted-more = Mehr davon
wanted-less = Weniger davon
wanted-mute = Thema hier stummschalten
tune-asked = { $where ->
    [here] Was wünschst du dir hier zu Meldungen wie „{ $title }“?
   *[you] Was wünschst du dir zu Meldungen wie „{ $title }“?
 }
vote-noted = Notiert. { $said } Jede Stimme zählt nach { $days } Tagen nur noch halb; eine große Meldung wird trotzdem gebracht.
vote-publisher = { $where ->
    [here] Hier
   *[you] Für dich
 } zählt { $publisher } jetzt etwas { $way ->
    [more] mehr
   *[less] weniger
 }.
vote-topics = { $where ->
    [here] Hier
   *[you] Für dich
 } { $number ->
    [one] zählt
   *[other] zählen
 } { $topics } jetzt etwas { $way ->
    [more] mehr
   *[less] weniger
 }, und ebenso { $publisher }.
rated-up = Danke. Dein 👍 für diesen Digest zählt; wer ihn betreibt, sieht, wie viele es sind.
rated-down = Danke. Dein 👎 für diesen Digest zählt; wer ihn betreibt, sieht, wie viele es sind. Im Menü jeder Meldung sagst du, wovon du mehr oder weniger willst.
reset-nothing = Es wurde nichts gesagt, was sich vergessen ließe.
reset-asked = Stimmen, Gespeichertes und Geteiltes, das zählt: { $mine } von dir, { $theirs } hier. Was vergessen ist, verschiebt nichts mehr; gespeicherte Meldungen und Stummschaltungen bleiben.
reset-mine = Meine vergessen
reset-mine-sure = Damit wird endgültig vergessen, was du gesagt hast: { $number ->
    [one] { $number } Stimme
   *[other] { $number } Stimmen
 }.
reset-channel = Alles hier Gesagte vergessen
reset-channel-sure = Damit wird endgültig vergessen, was alle hier gesagt haben: { $number ->
    [one] { $number } Stimme
   *[other] { $number } Stimmen
 }.
reset-done = Vergessen: { $number ->
    [one] { $number } Stimme
   *[other] { $number } Stimmen
 }.
members-only = Das dürfen nur Mitglieder dieses Channels ändern, und wer diesen Workspace betreibt.
members-unknown = Slack sagt gerade nicht, ob du in diesem Channel bist. Bitte versuch es in einer Minute noch einmal.
members-crowded = Dieser Channel hat so viele Mitglieder, dass ich nicht nachsehen kann, ob du dazugehörst. Wer diesen Workspace betreibt, kann es ändern.
mute-topic = { $where ->
    [here] { $topic } hier stumm
   *[you] { $topic } für mich stumm
 }
mute-source = { $where ->
    [here] { $name } hier stumm
   *[you] { $name } für mich stumm
 }
mute-for-all = Hier für alle stummschalten
mute-noted = { $where ->
    [here] { $name } ist hier bis { $until } stummgeschaltet: die Digests hier lassen das weg, außer bei großen Meldungen.
   *[you] { $name } ist für dich stummgeschaltet: deine Topmeldungen und eigenen Digests lassen das weg, außer bei großen Meldungen. Was du erfragst, wird weiter beantwortet.
 }
mute-ended = { $where ->
    [here] { $name } kommt hier wieder vor.
   *[you] { $name } kommt für dich wieder vor.
 }
mute-not = { $name } ist nicht stummgeschaltet.
mute-no-topic = Diese Meldung hat kein engeres Thema als KI. Ihr Medium lässt sich stummschalten.
mute-everything = Hier dreht sich alles um { $name }: wähl ein engeres Thema.
mute-which = So heißen mehrere Medien: { $name }. Welches meinst du?
mute-unknown = Ich kenne kein Thema und kein Medium namens { $name }.
mute-unseen = Von { $name } kam bisher kein Artikel.
muted-nothing = Nichts ist stummgeschaltet.
muted-head = Stummgeschaltet:
muted-row = { $where ->
    [here] • { $name }, hier bis { $until }
   *[you] • { $name }, für dich
 }
unmute = { $name } nicht mehr stumm
foot-more = Mehr
foot-customize = Anpassen
foot-good = Guter Digest
foot-bad = Schlechter Digest
answer-muted = { $number ->
    [one] { $number } stummgeschaltete Meldung
   *[other] { $number } stummgeschaltete Meldungen
 } weggelassen: { $command } muted
kept-shares = { $n ->
    [one] { $n } geteilte Meldung
   *[other] { $n } geteilte Meldungen
 }
kept-mutes = { $n ->
    [one] { $n } Stummschaltung
   *[other] { $n } Stummschaltungen
 }
