# 購読が届く時刻。
when-told = { $days } { $times }
when-daily = 毎日
when-weekdays = 平日
when-weekend = 週末
when-every = 毎週{ $days }
when-cron = crontab の行 { $cron }
when-odd-word = 日時の「{ $word }」がわかりません。「平日 8:30」「every monday at 9am」「毎日 18時」のように書いてください。
when-once = 購読は繰り返し届きます。「{ $word }」は一度きりの日です。「平日 8:30」「毎週火曜日 9時」のように、繰り返す日時を書いてください。
when-odd-time = 「{ $time }」は時刻ではありません。8:30、9時、18h のように書いてください。
when-minutes = 一つの購読の時刻は、「8:30と17:30」のように分をそろえてください。ほかの時刻には、もう一つ購読してください。
when-many-times = 一つの購読は一日{ $most }回までです。
when-too-long = 日時の指定が長すぎます。「平日 8:30」のように{ $most }文字以内で書いてください。
# 購読の投稿に書かれること。
subscription-of-all = AIニュース
subscription-note = あなたの購読です（{ $when }）。変更や終了は /news settings でできます。
subscription-note-channel = このチャンネルのメンバーが購読しています（{ $when }）。変更や終了は /news settings でできます。
subscription-note-by = { $name }さんがこのチャンネルで購読しています（{ $when }）。変更や終了は /news settings でできます。
# /news subscribe、unsubscribe、settings。
subscriptions-in-slack = 購読は個人のものです。Slackでお尋ねください。
subscriptions-none = あなたにもこのチャンネルにも、購読はありません。
subscribe-how = 何のニュースを、いつ、どこに届けるかを書いてください: /news subscribe robotics, drones at 8:30 on weekdays in #ai-news。「すべて」はAIニュース全体です。時刻を省くと平日9:00に、場所を省くとダイレクトメッセージで届きます。
subscribe-unknown-topic = 「{ $name }」というトピックはありません。/news topics に一覧があります。複数の場合はコンマで区切ってください。
subscribe-many-topics = 一つの購読のトピックは{ $most }個までです。
subscribe-already = その購読はすでにあります: { $what }、{ $when }。次回は{ $next }です。
subscribe-full = 購読は上限の{ $most }件です。先に /news settings で一つ終了してください。
subscribe-full-channel = そのチャンネルの購読は上限の{ $most }件です。先にそこで /news settings から一つ終了してください。
subscribed = 購読しました: { $what }、{ $when }、ダイレクトメッセージで届きます。初回は{ $next }です。
subscribed-channel = { $name } で購読しました: { $what }、{ $when }。初回は{ $next }です。
unsubscribe-button = 購読をやめる
unsubscribe-sure = この購読を終了します: { $what }。
unsubscribe-which = 「{ $given }」という番号の購読はありません。/news settings の番号は1から{ $last }までです。
unsubscribe-stranger = その購読を終了できるのは、購読した本人、そのチャンネルのメンバー、管理者だけです。
unsubscribed = 終了しました: { $what }、{ $when }。もう届きません。
settings-none = 購読はまだありません。例: /news subscribe robotics 平日 8:30
settings-head = 購読 { $place } / { $total }（あなたのものと、このチャンネルのもの）
settings-direct = ダイレクトメッセージ
settings-size = { $size ->
   *[other] 最大{ $size }件
}
settings-next = 次回 { $next }
settings-by = 購読者:
settings-sure = よろしいですか？
settings-cancel = キャンセル
settings-change = 変更
ended-lately = 終了: { $what }（{ $why }）
ended-archived = チャンネルがアーカイブされたため
ended-not-in = ボットがそのチャンネルにいなくなったため
ended-topics = トピックがなくなったため
ended-uninstalled = アプリがアンインストールされたため
# 購読の届け先。
place-direct = 購読の届け先は、チャンネルかあなた個人です。グループのダイレクトメッセージには届けられません。
place-archived = { $name } はアーカイブされています。別のチャンネルを選んでください。
place-not-in = 私は { $name } にいません。そこで /invite @Heatline と入力してから、もう一度購読してください。
place-stranger = あなたは { $name } にいません。参加してから、もう一度購読してください。
place-crowded = { $name } はメンバーが多く、あなたを確認できません。そのチャンネルで「in here」を付けて入力してください。
place-no-scope = { $name } を確認できません。アプリに権限（公開チャンネルは channels:read、非公開は groups:read）がありません。このボットの管理者が追加できます。
place-unknown = { $name } というチャンネルが見つかりません。非公開なら、そこで /invite @Heatline と入力し、「in here」を付けて購読してください。
place-unreached = そのチャンネルについてSlackに確認できませんでした。しばらくしてからもう一度お試しください。
# /news でできること。
help-subscribe = トピックを選んで自分用のダイジェストを受け取る（ダイレクトメッセージまたはチャンネル）
help-unsubscribe = settings の番号で購読を終了する
help-settings = あなたとこのチャンネルの購読（変更・終了）
# /news forget me。
forget-subscriptions = { $n ->
   *[other] 購読{ $n }件
}
forget-channels = あなたがチャンネルで購読したものは、そのチャンネルでも終了します。
