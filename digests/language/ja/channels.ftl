# チャンネルのダイジェストの設定。
channel-title = チャンネルのダイジェスト
channel-in = 配信先:
channel-by = 変更者:
channel-everywhere = すべての配信先に共通の設定です。ここで変更した内容は、このチャンネルだけに適用されます。
channel-changed = このチャンネル独自の設定（Slackで変更: { $moment }）
channel-standard = 標準の設定: { $standard }
channel-when = { $when }（{ $zone }）
channel-next = 次回: { $moment }
channel-language = 言語
channel-no-language = 言語を選んでください。
channel-yourself = 自分用に購読する
channel-reset = 標準に戻す
channel-reset-sure = このチャンネルのダイジェストは、ほかの配信先と同じ設定になります。一度お伝えしたニュースは繰り返しません。
channel-done = このチャンネルの設定を変更しました: { $title }、{ $when }。次回は{ $next }です。
channel-back = 標準に戻しました: { $title }、{ $when }。次回は{ $next }です。
channel-failed = チャンネルのダイジェストの設定: { $why }
channel-overtaken = 開いている間に、ほかの人がこの設定を変更しました（{ $moment }）。閉じてから、もう一度開いてください。
channel-gone = このダイジェストは、そのチャンネルにはもう配信されません。
channel-who = 変更できるのは、ワークスペースの管理者とオーナー、HEATLINE_ADMINS に挙げられた人です。
channel-who-button = これはあなた自身の購読です。チャンネルのダイジェストを変更できるのは、ワークスペースの管理者とオーナー、HEATLINE_ADMINS に挙げられた人です。
home-channels = チャンネルのダイジェスト
status-digest-own = { $name }: すべてのチャンネルが独自の設定です
status-own = • { $channel } は独自の設定です（Slackで変更: { $moment }{ $by ->
    [nobody] { "" }
   *[other] 、{ $by }
}）。次回 { $next }（{ $zone }）
forget-settings = { $n ->
   *[other] チャンネルのダイジェストの設定変更の記録{ $n }件
}
forget-settings-stay = チャンネルのダイジェストの設定は、あなたの名前なしで残ります。
kept-row-settings = 設定を変更:
