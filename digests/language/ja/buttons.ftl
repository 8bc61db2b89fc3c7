# 押せるもの。長いとSlackが切ります。
button-save = 保存
button-why = 選ばれた理由
button-related = 関連する報道
button-share = 共有…
button-back = 前へ
button-next = 次へ
button-remove = 外す
button-undo = 取り消す
button-erase = すべて消去
confirm-title = よろしいですか？
confirm-cancel = キャンセル
