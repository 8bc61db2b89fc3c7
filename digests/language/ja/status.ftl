# ボットを運用する人が尋ねること。
help-post = 確認のうえ、ダイジェストをいまチャンネルに投稿する
help-status = ボットの状態: ダイジェスト、ライブラリ、フィード、読者の評価、Slackで足りない権限
post-no-channel = ダイジェスト{ $name }にはチャンネルがありません。CHANNELかHEATLINE_CHANNELを設定してください。
post-asked = { $title }を{ $channels }に投稿します。予定とは別の、この分の号です。
post-button = いま投稿する
post-sure = { $title }をいま{ $channels }に投稿します。
post-done = { $title }:
post-already = この1分のうちにすでに投稿されています。チャンネルをご確認ください。次は1分後に投稿できます。
post-quiet = いまはお伝えすべきニュースがなく、このダイジェストはその場合投稿しません。何も投稿していません。
delivery-done = { $channel }: 投稿済み
delivery-claimed = { $channel }: 送信中
delivery-failed = { $channel }: 投稿できませんでした
delivery-ambiguous = { $channel }: 投稿されたか不明（Slackの返答なし）
status-head = Heatline { $version }（{ $since }から稼働）
status-digest = { $name }: 次回 { $next }（{ $zone }）
status-digest-idle = { $name }: チャンネルがないため予定なし
status-last = 前回 { $moment }:
status-late = • ⚠ { $moment }の号は予定どおり投稿されませんでした。理由はログに記録されています
status-deliveries = 配信: 投稿済み{ $done }件、送信中{ $claimed }件、失敗{ $failed }件、不明{ $ambiguous }件
status-waiting = • ⚠ 最も古い配信は{ $minutes }分待っています
status-rated = • { $channel }: { $days }日間で 👍 { $up } · 👎 { $down }
status-library = ライブラリ: { $number ->
   *[other] 記事{ $number }件
 }、最新は{ $newest }、{ $size }MB
status-library-empty = ライブラリ: まだ記事がありません
status-feeds = フィード: { $number }件中{ $read }件を読み込み済み、7日間の記事{ $week }件、直近の失敗{ $failing }件、停滞{ $stale }件
status-subscriptions = 購読: { $number }件
status-corrections = { $hours }時間以内の訂正: 反映{ $done }件、待機中{ $waiting }件、断念{ $failed }件
status-slack = アプリの権限をSlackで確認できませんでした: { $why }
status-scopes-all = Slack: 足りない権限はありません
status-scopes-missing = Slack: { $scopes }が足りません。追加してアプリを再インストールしてください
