# /news の書き方を選ぶ言葉（英語の言葉も使えます）。複数ならコンマで区切る。
command-topics = トピック, トピック一覧
command-digest = ダイジェスト
command-subscribe = 購読, 購読する
command-unsubscribe = 購読解除, 解約
command-settings = 設定
command-why = なぜ, 理由
command-mute = ミュート
command-unmute = ミュート解除
command-muted = ミュート一覧
command-reset = リセット
command-saved = 保存済み, 保存
command-forget-me = 忘れて
command-post = 投稿
command-status = 状態, ステータス
command-help = ヘルプ, 使い方
