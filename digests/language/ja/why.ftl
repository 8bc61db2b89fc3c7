# ニュースが号に載った、または載らなかった理由。
why-title = 理由:
why-in = { $edition }
why-edition = { $title }、{ $moment }
why-preview = { $edition } のプレビュー
why-fate = { $fate }。
why-fate-for = { $fate }: { $reason }。
why-place = 得点順で{ $of }件中{ $rank }位です。
why-not-current = このダイジェストは、もう設定されていません。
why-under = { $place }の「{ $words }」により { $topic } に分類。
why-under-by = { $publisher } の報道の{ $place }の「{ $words }」により { $topic } に分類。
why-on = { $place }の「{ $words }」により { $topic } の話題。
why-on-by = { $publisher } の報道の{ $place }の「{ $words }」により { $topic } の話題。
why-most = 最も重視された点
why-against = マイナス要素: { $signal }
spoken-why = { $title } の理由: { $edition }: { $verdict }

# ニュースがどうなったか。
fate-chosen = 掲載
fate-in-the-thread = スレッドに掲載
fate-off-topic = 対象外のトピック
fate-unwanted-kind = 対象外の種類
fate-told-before = 掲載済み
fate-minor = 小さな話題
fate-muted = ミュート中
fate-over-the-caps = 掲載枠超過
fate-late = この号には不掲載
fate-out-of-reach = 対象期間外
fate-not-ranked = 評価対象外

# その理由。
reason-off-topic = ダイジェストのどのトピックにも当てはまりません
reason-unwanted = 「{ $kind }」と判断されましたが、このダイジェストはこの種類を載せません
reason-told = { $moment } UTC の号に掲載しました
reason-told-nothing-new = { $moment } UTC の号に掲載し、その後の新しい情報が十分ではありません
reason-told-already = この報道は{ $day }に掲載済みで、続報は { $publisher } が筆頭です
reason-minor = ニュース価値は3点中{ NUMBER($value, minimumFractionDigits: 1) }点で、伝えているのは1媒体だけです
reason-muted = { $name } はここでミュートされています
reason-muted-until = { $name } は{ $day }までここでミュートされています
reason-major = { $muted }が、これは重大なニュースです
reason-colder = より注目度の高い記事が{ $hotter }本あり、投稿の枠は{ $room }件です
reason-room = 投稿の枠は{ $room }件です
reason-twin = 「{ $title }」と同じ出来事かもしれません
reason-updates = 続報がすでに{ $n }件あります
reason-provider = { $publisher } が筆頭のニュースがすでに{ $n }件あります
reason-kind = この種類（{ $kind }）がすでに{ $n }件あります
reason-topic = { $topic } がすでに{ $n }件あります
reason-late = 号が作られたのは{ $moment }で、この内容が今のように知られ評価される前でした
reason-after = 公開は号より後の{ $moment }でした
reason-out-of-reach = 号の前{ $hours }時間に、この件の報道はありませんでした（公開は{ $moment }）
reason-not-published = ハブの規則では、公開済みの記事だけが対象です

# 重視された点（信号ごと。まず注記つき、次に注記そのもの）。
why-value = 編集者にとっての価値 { $note }
why-kind = 種類: { $note }
why-topic = トピックに合致: { $note }
why-standing = { $note } は評価の高い媒体です
why-novelty = 新しい話題。ただし{ $note }
why-novelty-alone = 最近の掲載内容と似ていません
note-value = 3点中{ NUMBER($value, minimumFractionDigits: 1) }点
note-quality = 品質 { $quality }
note-coverage = { $providers }媒体が報道
note-not-judged = 未判定
note-age = 最新の報道は{ $hours }時間前
note-no-standing = 知られている媒体がありません
note-nothing-like-it = 最近、似たものは掲載していません
note-like = 最近掲載の「{ $title }」と似ています
note-no-feedback = 評価なし
note-more-wanted = { $what } を増やす希望があります（1票の重みは{ $days }日で半分になります）
note-less-wanted = { $what } を減らす希望があります（1票の重みは{ $days }日で半分になります）
note-topic-title = { $topic }: 見出しの「{ $words }」
note-topic-excerpt = { $topic }: 抜粋の「{ $words }」
note-topic-label = { $topic }: ラベルの「{ $words }」
place-title = 見出し
place-excerpt = 抜粋
place-label = ラベル

# 記事の種類。
kind-news = ニュース
kind-analysis = 分析
kind-research = 研究
kind-tutorial = 解説
kind-pr = 広報
kind-promo = 宣伝
kind-market-report = 市場レポート
kind-off-topic = 対象外の話題
