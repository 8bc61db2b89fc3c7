# 質問や操作への短い答え。
looking = 探しています…
slow-down = 短い間に多くの操作がありました。30秒ほどお待ちください。その間のご質問や操作にはお答えできません。
saved-is-own = 保存したものは本人だけのものです。Slackでお尋ねください。
kept-is-own = 保存されている内容は本人だけのものです。Slackでお尋ねください。
no-such-digest = { $name } というダイジェストはありません。あるのは { $digests } です。
old-button = このボタンは古いバージョンのもので、もう使えません。
saved = 保存しました: { $title }
saved-already = すでに保存しています: { $title }
saved-lists = { $command } で保存したものを一覧できます。
no-edition = これがどの号のものか、もう分かりません。投稿されたダイジェストの下で「選ばれた理由」を選んでください。
no-vote = このニュースへのあなたの票は、もうありません。
taken-back = 取り消しました。
taken-back-of = { $title } への票を取り消しました

# 個人について保存されている内容。
kept-nothing = あなたについて保存されているものはありません。
kept = あなたについての保存内容: { $kept }。
kept-private = ほかの人には見えません。
kept-erases = 次のものを完全に消去します: { $kept }。
erased = 消去しました: { $kept }。あなたについての保存内容は、もうありません。
erased-nothing = あなたについての保存内容は、もうありません。
kept-saved = 保存したニュース{ $n }件
kept-votes = 票{ $n }件
kept-row-subscribed = 購読
kept-row-ended = 終了した購読
kept-row-saved = 保存
kept-row-saved-once = 以前に保存
kept-row-shared = 共有
kept-row-more = 増やしたいニュース
kept-row-less = 減らしたいニュース
kept-row-liked = 投稿への高評価
kept-row-disliked = 投稿への低評価
kept-row-muted = ミュート
usage = { $usage } のように入力してください（例: { $example }）
preview-note = プレビュー: いま投稿されるとしたらこの内容です。まだ何も配信済みにはなりません。
