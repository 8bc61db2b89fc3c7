# Was an einer Frage nicht stimmt und was zu tun ist.
query-empty = Hinter dem Doppelpunkt von { $where } steht nichts. Schreib es ohne Leerzeichen, zum Beispiel { $example }.
query-not-turned = { $where } lässt sich nicht umkehren. Lass das Minus weg.
query-no-filter = { $where } ist kein Filter. Schreib { $instead }, oder setz es in Anführungszeichen, um nach den Wörtern zu suchen.
query-no-topic = { $where } nennt kein Thema. Ohne topic: wird es als Wörter gesucht; /news topics zeigt alle Themen.
query-no-publisher = { $where } nennt kein Medium. Schreib eine Domain oder einen Namen, zum Beispiel { $example }.
query-no-time = { $where } ist keine Zeit, die ich kenne. Schreib since:7d, since:24h, since:yesterday oder since:2026-11-20.
query-future = { $where } liegt in der Zukunft. Schreib eine Zeit, die schon vorbei ist, zum Beispiel since:yesterday.
query-no-order = { $where } ist keine Reihenfolge, die ich kenne. Schreib sort:new, sort:hot oder sort:best.
query-too-long = Diese Frage hat { $characters } Zeichen; ich suche nach höchstens { $most }. Versuch es mit einem Thema oder ein paar Wörtern.
