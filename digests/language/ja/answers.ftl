# 質問への答え。
answer-top = 主なニュース
answer-top-now = いまの主なニュース
answer-count = { $count }件
answer-page = { $count }中 { $place }
answer-whole = { $count }
answer-best = { $count }のうち上位{ $n }件
answer-newest = { $count }のうち最新{ $n }件
answer-hottest = { $count }のうち注目度上位{ $n }件
order-new = 新しい順
order-hot = 注目度の高い順
narrowed-about = { $topics }について
narrowed-from = { $sources }の報道
narrowed-since = { $moment }以降
narrowed-without = { $words }を除く
narrowed-not-from = { $sources }の報道を除く
narrowed-and = 、
answer-withdrawn = これらのニュースはその後取り下げられました。

nothing-narrowed = { $title }（{ $narrowed }）についてのニュースはありません。
nothing-narrowed-only = 条件（{ $narrowed }）に合うニュースはありません。
nothing-yet = まだニュースがありません。記事がまだ届いていません。
nothing-about-topic = { $title }についてのニュースは、まだライブラリーにありません。
nothing-found = { $title }に合うニュースは見つかりませんでした。
answer-there = { $n }件あります
answer-there-or-more = { $n }件以上あります
answer-without = { $filter } を外すと{ $there }。
filters = 絞り込み
answer-try = トピックの一覧は { $topics }、いまの主なニュースは { $top } で見られます。
answer-try-words = 言葉を減らすか、別の言葉をお試しください。トピックの一覧は { $topics }、いまの主なニュースは { $top } で見られます。
meant = もしかして:

topics-title = トピック
topics-ask = 質問の例: { $example }
topics-more = ほか{ $n }件
spoken-topics = トピック: { $topics }
help-title = { $command } でできること

coverage-of = 報道: { $story }
coverage-none = なし
coverage-nobody = ライブラリーには、これを伝えるほかの媒体はありません。
saved-title = 保存済み
saved-nothing = まだ何も保存していません。
saved-how = 「保存」はニュースのメニューにあります。
spoken-saved = 保存済み、{ $place }: { $stories }
find-shares = { $person } さんの共有: { $story }
spoken-find = 共有されたニュース: { $story }
done = 完了しました。
