"""Accounts and contacts are found although a letter is wrong: an index on the spellings of their words.

No extension: the embedded server has none to give, and one way everywhere beats two (docs/why/0046). The functions have
bodies of the SQL standard, which name what they call when they are made: a restore runs with an empty search path.
"""

from django.db import migrations

FUNCTIONS = r"""
create function accounts_folded(given text) returns text language sql immutable strict parallel safe
return lower(translate(regexp_replace(normalize(
    replace(replace(replace(replace(replace(given, 'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), nfkd),
    '[\u0300-\u036f]', '', 'g'), 'øłđıØŁĐİ', 'oldioldi'));

create function accounts_spellings(given text) returns text[] language sql immutable strict parallel safe
return (
  select coalesce(array_agg(distinct keys.key), '{}') from (
    select left(found.word, 24) as word
    from regexp_split_to_table(accounts_folded(given), '[^[:alnum:]]+') with ordinality found(word, at)
    where found.word <> '' order by found.at limit 12
  ) words cross join lateral (
    select '=' || left(words.word, n) as key from generate_series(1, least(length(words.word), 6)) n
    union all
    select '~' || left(words.word, n) from generate_series(4, least(length(words.word), 6)) n
    union all
    select '~' || left(words.word, i - 1) || substr(left(words.word, n), i + 1)
    from generate_series(4, least(length(words.word), 6)) n cross join lateral generate_series(1, n) i
  ) keys
);
"""
INDEXES = """
create index accounts_account_spellings on accounts_account using gin (accounts_spellings(name));
create index accounts_account_folded on accounts_account (accounts_folded(name) text_pattern_ops);
create index accounts_contact_spellings on accounts_contact
  using gin (accounts_spellings(name || ' ' || coalesce(mail, '')));
create index accounts_contact_folded on accounts_contact (accounts_folded(name) text_pattern_ops);
"""
UNDO = """
drop index accounts_account_spellings; drop index accounts_account_folded;
drop index accounts_contact_spellings; drop index accounts_contact_folded;
drop function accounts_spellings(text); drop function accounts_folded(text);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS + INDEXES, UNDO)]
