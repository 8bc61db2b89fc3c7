"""Search of a million articles: an index in order of time, scores beside it, the publishers, and the words that are used.

It fills all of that for the articles there are, in one transaction: interrupted, it begins again.
"""

import sqlalchemy as sa
from alembic import op

revision = "library_0006"
down_revision = "library_0005"
branch_labels = None
depends_on = None

# Minutes since 1970, then the id: in the order of time, and no other article's.
_PLACE = """
CASE WHEN current THEN (coalesce(CAST(strftime('%s', published_at) AS INTEGER), 0) / 60 << 28) | id END
"""
_HOST = """
lower(substr(substr(url, instr(url, '://') + 3), 1, instr(substr(url, instr(url, '://') + 3) || '/', '/') - 1))
"""
# What filters ask for, as words that nobody types: U+E000 alone for every article, and with the provider's name and with
# each domain that the address lies below, in hexadecimal. So a filter is looked up in the same index as the words.
_SAID = """
CREATE VIEW articles_said AS
SELECT place, url, title, excerpt, provider, char(57344) || ' ' || char(57344) || hex(substr(provider, 1, 200)) || (
    WITH RECURSIVE above(domain, level) AS (
        SELECT substr(host, 1, 300), 1
        UNION ALL SELECT substr(domain, instr(domain, '.') + 1), level + 1 FROM above WHERE instr(domain, '.') AND level < 9
    ) SELECT group_concat(' ' || char(57344) || hex(domain), '') FROM above
) AS origin FROM articles WHERE place IS NOT NULL
"""
_INDEX = """
CREATE VIRTUAL TABLE articles_text USING fts5(
    title, excerpt, provider, origin,
    content='articles_said', content_rowid='place', columnsize=0, tokenize='unicode61 remove_diacritics 2'
)
"""
_COUNT = """
INSERT INTO publishers(name, host, articles) SELECT new.provider, new.host, 1 WHERE new.current
ON CONFLICT DO UPDATE SET articles = articles + 1
"""
_UNCOUNT = """
UPDATE publishers SET articles = articles - 1 WHERE old.current AND name = old.provider AND host = old.host
"""
_EMPTY = "DELETE FROM publishers WHERE name = old.provider AND host = old.host AND articles = 0"
_TRIGGERS = (
    f"CREATE TRIGGER publishers_come AFTER INSERT ON articles BEGIN {_COUNT}; END",
    f"CREATE TRIGGER publishers_go AFTER DELETE ON articles BEGIN {_UNCOUNT}; {_EMPTY}; END",
    "CREATE TRIGGER publishers_change AFTER UPDATE OF current, provider, url ON articles "
    "WHEN (old.current, old.provider, old.url) IS NOT (new.current, new.provider, new.url) "
    f"BEGIN {_UNCOUNT}; {_COUNT}; {_EMPTY}; END",
)
_SCORED = """
UPDATE articles SET heat = CAST(coalesce(json_extract(document, '$.heat'), 0) AS INTEGER),
    quality = CAST(coalesce(json_extract(document, '$.quality'), 0) AS INTEGER) WHERE json_valid(document)
"""

_POSTGRESQL = (
    # What is no JSON gives NULL, and no error.
    """
    CREATE FUNCTION heatline_json(document text) RETURNS json LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN RETURN document::json; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$
    """,
    """
    ALTER TABLE articles ADD COLUMN place bigint GENERATED ALWAYS AS (
        CASE WHEN current THEN (floor(extract(epoch FROM published_at AT TIME ZONE 'UTC') / 60)::bigint << 28) | id END
    ) STORED, ADD COLUMN host text COLLATE "C" GENERATED ALWAYS AS (
        lower(split_part(substr(url, strpos(url, '://') + 3), '/', 1))
    ) STORED
    """,
    """
    CREATE TABLE publishers (
        name text COLLATE "C" NOT NULL, host text COLLATE "C" NOT NULL, articles integer NOT NULL, PRIMARY KEY (name, host)
    )
    """,
    'CREATE TABLE vocabulary (word text COLLATE "C" PRIMARY KEY)',
    # The words with their places: of a title A, an excerpt B, a provider C; see digests.library.wordlists.
    "CREATE TABLE articles_text (place bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX articles_text_words ON articles_text USING gin (words) WITH (gin_pending_list_limit = 1024)",
    # An index takes no longer entries than of 2,700 bytes.
    """
    CREATE FUNCTION heatline_publishers() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND (old.current, old.provider, old.url) IS NOT DISTINCT FROM (new.current, new.provider, new.url)
        THEN RETURN NULL; END IF;
        IF TG_OP <> 'INSERT' AND old.current THEN
            UPDATE publishers SET articles = articles - 1 WHERE name = left(old.provider, 300) AND host = left(old.host, 300);
        END IF;
        IF TG_OP <> 'DELETE' AND new.current THEN
            INSERT INTO publishers AS known VALUES (left(new.provider, 300), left(new.host, 300), 1)
            ON CONFLICT (name, host) DO UPDATE SET articles = known.articles + 1;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM publishers
            WHERE name = left(old.provider, 300) AND host = left(old.host, 300) AND articles = 0;
        END IF;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER publishers_change AFTER INSERT OR DELETE OR UPDATE OF current, provider, url ON articles "
    "FOR EACH ROW EXECUTE FUNCTION heatline_publishers()",
    "DROP INDEX articles_story",
    "CREATE INDEX articles_story ON articles (story, place)",
    "CREATE INDEX articles_place ON articles (place) INCLUDE (heat, quality, news_value, kind, story)",
)


def upgrade() -> None:
    op.add_column("articles", sa.Column("heat", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("articles", sa.Column("quality", sa.BigInteger, nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":  # there is no such library from before
        for statement in _POSTGRESQL:
            op.execute(sa.text(statement.replace(":", r"\:")))
        return
    op.execute(f"ALTER TABLE articles ADD COLUMN place INTEGER GENERATED ALWAYS AS ({_PLACE}) VIRTUAL")
    op.execute(f"ALTER TABLE articles ADD COLUMN host TEXT GENERATED ALWAYS AS ({_HOST}) VIRTUAL")
    op.create_table(
        "publishers",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("host", sa.Text, primary_key=True),
        sa.Column("articles", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table("vocabulary", sa.Column("word", sa.Text, primary_key=True), sqlite_with_rowid=False)
    op.execute(_SCORED)
    op.execute("INSERT INTO vocabulary(word) SELECT term FROM articles_words")
    op.execute("INSERT INTO publishers SELECT provider, host, count(*) FROM articles WHERE current GROUP BY provider, host")
    op.drop_index("articles_story", "articles")
    op.create_index("articles_story", "articles", ["story", "place"])
    scores = ("place", "heat", "quality", "news_value", "kind", "story", "provider")
    op.create_index("articles_place", "articles", scores)
    for statement in ("DROP TABLE articles_words", "DROP TABLE articles_text", _SAID, _INDEX, *_TRIGGERS):
        op.execute(sa.text(statement.replace(":", r"\:")))
    # Each word of a question is looked up in each part of the index: they are to be few.
    op.execute("INSERT INTO articles_text(articles_text, rank) VALUES ('automerge', 2)")
    op.execute(
        "INSERT INTO articles_text(rowid, title, excerpt, provider, origin) "
        "SELECT place, title, excerpt, provider, origin FROM articles_said ORDER BY place"
    )
