# ダイジェストについて読者が尋ねること、望むこと。
help-why = ここに投稿された最新のダイジェストに記事が載った、または載らなかった理由（番号かアドレスで）
help-mute = そのトピックや媒体を、あなたのトップニュースと自分用ダイジェストから外す（質問すれば引き続き答えます）
help-unmute = ふたたび知らせる
help-muted = あなたとここでミュート中のもの（それぞれ解除ボタン付き）
help-reset = 増やしたい・減らしたいと伝えた内容、またはここで伝えられた内容をすべて忘れる
own-only = それは個人ごとのものです。Slackでお尋ねください。
why-unknown = { $address } の記事は見当たりません。ダイジェストのリンクと同じアドレスを指定してください。
why-no-edition = まだ号が作られていないため、番号では数えられません。代わりに記事のアドレスを指定してください。
why-no-number = { $edition } は { $stories }件で、{ $number }番はありません。
why-not-told = { $edition } では伝えておらず、そのダイジェストは現在設定されていません。
missed-head = 惜しくも載らなかったもの: { $edition }
missed-none = 惜しくも載らなかったものはありません: { $edition }
missed-gone = どの号のものか、もう分かりません。
wanted-tune = このような記事を増やす・減らす…
wanted-more = このような記事を増やす
wanted-less = このような記事を減らす
wanted-mute = このトピックをここでミュート
tune-asked = { $where ->
    [here] 「{ $title }」のような記事を、ここでどうしますか。
   *[you] 「{ $title }」のような記事をどうしますか。
 }
vote-noted = 承知しました。{ $said }それぞれの意見の重みは{ $days }日で半分になります。重大なニュースは変わらずお伝えします。
vote-publisher = { $where ->
    [here] ここでは
   *[you] あなたには
 }{ $publisher }を少し{ $way ->
    [more] 増やします
   *[less] 減らします
 }。
vote-topics = { $where ->
    [here] ここでは
   *[you] あなたには
 }{ $number ->
   *[other] { $topics }
 }を少し{ $way ->
    [more] 増やします
   *[less] 減らします
 }。{ $publisher }も同様です。
rated-up = ありがとうございます。このダイジェストへの👍を数えました。件数は管理者に表示されます。
rated-down = ありがとうございます。このダイジェストへの👎を数えました。件数は管理者に表示されます。各記事のメニューで、増やしたいもの・減らしたいものを伝えられます。
reset-nothing = 忘れるべき意見はありません。
reset-asked = 数えられている意見・保存・共有: あなたのもの{ $mine }件、ここのもの{ $theirs }件。忘れると順位に影響しなくなります。保存した記事とミュートはそのまま残ります。
reset-mine = 自分の分を忘れる
reset-mine-sure = あなたが伝えた{ $number ->
   *[other] { $number }件
 }を完全に忘れます。
reset-channel = ここの分をすべて忘れる
reset-channel-sure = ここで全員が伝えた{ $number ->
   *[other] { $number }件
 }を完全に忘れます。
reset-done = { $number ->
   *[other] { $number }件
 }を忘れました。
members-only = 変更できるのは、そのチャンネルのメンバーとワークスペースの管理者だけです。
members-unknown = あなたがそのチャンネルにいるか、いまSlackで確認できません。1分後にもう一度お試しください。
members-crowded = メンバーが多すぎて、あなたがそのチャンネルにいるか確認できません。ワークスペースの管理者なら変更できます。
mute-topic = { $where ->
    [here] { $topic }をここでミュート
   *[you] { $topic }を自分だけミュート
 }
mute-source = { $where ->
    [here] { $name }をここでミュート
   *[you] { $name }を自分だけミュート
 }
mute-for-all = ここで全員にミュート
mute-noted = { $where ->
    [here] { $name }を{ $until }までここでミュートしました。重大なニュースを除き、ここのダイジェストには載りません。
   *[you] { $name }をあなた向けにミュートしました。重大なニュースを除き、トップニュースと自分用ダイジェストには載りません。質問すれば引き続き答えます。
 }
mute-ended = { $where ->
    [here] ここでふたたび{ $name }をお伝えします。
   *[you] あなたにふたたび{ $name }をお伝えします。
 }
mute-not = { $name }はミュートされていません。
mute-no-topic = この記事にはAIより狭いトピックがありません。媒体ならミュートできます。
mute-everything = ここではすべてが{ $name }に関するものです。もっと狭いトピックを選んでください。
mute-which = { $name }という媒体は複数あります。どれでしょうか。
mute-unknown = { $name }というトピックや媒体は見当たりません。
mute-unseen = { $name } の記事はまだ一つも届いていません。
muted-nothing = ミュートされているものはありません。
muted-head = ミュート中:
muted-row = { $where ->
    [here] • { $name }（ここで{ $until }まで）
   *[you] • { $name }（あなただけ）
 }
unmute = { $name }のミュートを解除
foot-more = もっと見る
foot-customize = カスタマイズ
foot-good = 良いダイジェスト
foot-bad = 良くないダイジェスト
answer-muted = ミュート中のため{ $number ->
   *[other] { $number }件
 }を省きました: { $command } muted
kept-shares = { $n ->
   *[other] 共有{ $n }件
 }
kept-mutes = { $n ->
   *[other] ミュート{ $n }件
 }
