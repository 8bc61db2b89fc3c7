# ニュース以外のやりとり。
talk-hello = こんにちは！AIのニュースについて聞いてください。robotics のようなトピックでも、好きな言葉でもかまいません。「help」でできることの一覧が出ます。
talk-welcome = どういたしまして。

# Slackが実行しなかったことと、その直し方。
slack-unreached = Slackに接続できませんでした。1分ほどしてからもう一度お試しください。
slack-unknown = うまくいったかどうか、Slackから返事がありませんでした。もう一度試す前に確認してください。
slack-no-scope = そのための権限がありません。このボットの管理者が、すべての権限を付けてアプリを再インストールする必要があります。足りないものは「heatline check」で分かります。
slack-no-scope-named = 権限 { $scope } がありません。このボットの管理者が、アプリのページの「OAuth & Permissions」で追加し、アプリを再インストールする必要があります。
slack-not-inside = 私はそのチャンネルに参加していません。そこで /invite @Heatline と入力してから、もう一度お試しください。
slack-archived = そのチャンネルはアーカイブされています。別のチャンネルを選ぶか、先にアーカイブを解除してください。
slack-restricted = このワークスペースでは、私はそのチャンネルに投稿できません。ワークスペースの管理者がチャンネルの設定で許可できます。
slack-threads-only = そのチャンネルではスレッドへの返信しかできません。別のチャンネルを選んでください。
slack-no-threads = そのスレッドには返信できません。ダイレクトメッセージか /news で聞いてください。
slack-user-not-inside = あなたはそのチャンネルに参加していません。参加してから、もう一度お試しください。
slack-no-user = Slackはその人をここでは知りません。別の人を選んでください。
slack-uninstalled = このアプリはSlackに接続できなくなっています。このボットの管理者が再インストールする必要があります。
slack-too-late = Slackのダイアログを開くのに時間がかかりすぎました。もう一度お試しください。

# チャンネルに招待してくれた人への案内。
hello-posted = 招待ありがとうございます。このチャンネルには次のものを投稿します。
hello-digest = • { $title }: { $when }（{ $zone }）、次回はあなたの時刻で { $next }
hello-more = • ほか { $number } 件
hello-all-news = すべてのAIニュース
hello-nothing = 招待ありがとうございます。誰かがこのチャンネルを購読するまで、ここには何も投稿しません。購読するには { $command } subscribe robotics in here と入力してください。
hello-ask = { $command } robots と聞くと、答えはあなただけに見えます。@Heatline robots のように名前を呼んで聞くと、スレッドで答えます。ほかにできることは { $command } help で分かります。このメッセージはあなただけに見えています。

# ショートカットとそのダイアログ。
search-title = ニュースを検索
search-label = 何について知りたいですか？
search-hint = robots since:7d
search-go = 検索
search-looking = 探しています…
related-title = 関連ニュース
related-known = このリンクの記事はライブラリにあります。
related-nothing = このメッセージに近いニュースはライブラリにありません。
related-no-words = このメッセージには検索できる言葉がありません。
found-title = Heatline
found-close = 閉じる
found-save = 保存
found-share = 共有…
