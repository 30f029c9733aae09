R"sql(
-- From here on long bodies of records may be LZ4 frames (packed_text.h): the number alone keeps an
-- older Genflik from reading them as text.
SELECT 2;
)sql"
