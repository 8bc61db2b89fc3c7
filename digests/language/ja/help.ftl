# /news でできること（書き方ごと）。
help-top = いまの主なニュース
help-words = トピックや言葉についての最良のニュース
help-phrase = この言葉とまったく同じ表現を含むニュース
help-without = その言葉に関するものを除く（-"PHRASE"、-topic:TOPIC、-source:NAME も可）
help-topics = 質問できるトピック
help-digest = 次の号がいま出るとしたらその内容
help-saved = 保存したもの（読む、または外す）
help-forget = あなたについて保存されている内容と、それを消すボタン
help-help = この一覧
filter-topic = このトピックについてだけ
filter-source = この媒体の報道だけ（複数ならそのどれか）
filter-since = これより新しいものだけ: 24h、7d、2w、yesterday、monday、2026-11-20
filter-sort = 新しい順、熱い順、または良い順
help-such-as = { $what }（例: { $example }）
help-also = { $what }（{ $words }でも可）
