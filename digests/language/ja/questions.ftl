# 質問の誤りと、その直し方。
query-empty = { $where } のコロンの後に何もありません。{ $example } のように、空白を入れずに書いてください。
query-not-turned = { $where } は否定できません。マイナスを外してください。
query-no-filter = { $where } という絞り込みはありません。{ $instead } と書くか、その言葉で探すには引用符で囲んでください。
query-no-topic = { $where } に当たるトピックはありません。topic: を付けなければ言葉として探します。/news topics ですべてのトピックを見られます。
query-no-publisher = { $where } に当たる媒体はありません。{ $example } のように、ドメインか名前を書いてください。
query-no-time = { $where } は時間として読み取れません。since:7d、since:24h、since:yesterday、since:2026-11-20 のように書いてください。
query-future = { $where } は未来の時間です。since:yesterday のように、過去の時間を書いてください。
query-no-order = { $where } という並べ方はありません。sort:new、sort:hot、sort:best のどれかを書いてください。
query-too-long = この質問は{ $characters }文字あります。検索できるのは{ $most }文字までです。トピックか短い言葉でお試しください。
