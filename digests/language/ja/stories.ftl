# ニュースの項目と、ダイジェストのまわりの言葉。
age-now = たった今
age-minutes = { $n }分前
age-hours = { $n }時間前
age-days = { $n }日前
heat = 注目度 { $heat }
also-in = ほか { $names }
also-in-more = ほか { $names } +{ $more }
others = { $n ->
   *[other] ほか{ $n }媒体
}
told = { $day }に掲載済み
story-update = 続報: { $title }
story-untitled = 無題

edition-untitled = ニュース
summary-stories = ニュース{ $stories }件
summary-stories-of = 記事{ $articles }本からニュース{ $stories }件
summary-merged = { $n }本を統合
summary-stale = 更新の止まったフィード{ $n }件
left-out = 掲載しなかったニュース: { $stories }
left-out-unwanted = 対象外の種類 { $n }件
left-out-off-topic = 別のトピック { $n }件
left-out-told-before = 掲載済み { $n }件
left-out-minor = 小さな話題 { $n }件
left-out-muted = ここでミュート中{ $n }件
left-out-over-caps = 掲載枠を超えたもの { $n }件

# ニュースのないダイジェスト。
quiet = 今は静かです。このダイジェストに載せる新しいニュースはありません。
quiet-read = 記事{ $n }本を確認しました。
quiet-merged = 記事{ $n }本を確認し、{ $merged }本を統合しました。
quiet-nothing = 新しい記事はありませんでした。
quiet-stale = { $n }件のフィードは更新が止まっています。

# ダイジェストの下のスレッド。
thread-overflow = このダイジェストのほかのニュース
thread-more = さらにニュース
thread-covered = ほかの媒体の報道:
and-in = ほかに

# 読み上げられる言葉。
spoken-edition = { $title }、{ $date }
spoken-covered = ほかの媒体の報道
spoken-rest = このダイジェストの続き
spoken-part = { $said }（{ $n }／{ $parts }）

# ダイジェストを表示するページ。
page-thread = スレッド
