# What is wrong with a question, and what to do.
query-empty = { $where } has nothing behind its colon. Write it without a space, such as { $example }.
query-not-turned = { $where } cannot be turned round. Leave the minus out.
query-no-filter = { $where } is no filter. Write { $instead }, or put it in quotes to search for the words.
query-no-topic = { $where } names no topic. Without topic: it is searched for as words; /news topics lists all topics.
query-no-publisher = { $where } names no publisher. Write a domain or a name, such as { $example }.
query-no-time = { $where } is no time I know. Write since:7d, since:24h, since:yesterday or since:2026-11-20.
query-future = { $where } lies in the future. Write a time that has passed, such as since:yesterday.
query-no-order = { $where } is no order I know. Write sort:new, sort:hot or sort:best.
query-too-long = That question has { $characters } characters; I search for up to { $most }. Try a topic or a few words.
