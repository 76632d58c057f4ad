//! Names: plain ones, words of SQL, and whatever has to be quoted, escaped or cut.

use pkmig::schema::Name;

use crate::choice::Choice;

/// 63 bytes, the most that PostgreSQL keeps. What it makes of two of these must be cut, and told apart.
const LONG: Name = "a_long_name_of_sixty_three_bytes_which_is_all_that_may_be_kept_";
const LONGER: Name = "a_long_name_of_sixty_three_bytes_which_is_all_that_may_be_täke";

const TABLES: &[Name] = &[
    "notes",
    "books",
    "tags",
    "visits",
    "user",
    "Order Lines",
    "select",
    "naïve tåble",
    "we\"ird",
    "it's",
    "100%s",
    "T",
    LONG,
    LONGER,
];

const COLUMNS: &[Name] = &[
    "id",
    "a",
    "b",
    "c",
    "name",
    "body",
    "type",
    "order",
    "new",
    "Shown as",
    "ünï",
    "quo\"te",
    "it's",
    "per%cent %I",
    "back\\slash",
    "{b,r}",
    "$pkmig$",
    "value",
    LONG,
    LONGER,
];

const OBJECTS: &[Name] = &[
    "first",
    "second",
    "third",
    "Fourth One",
    "fi\"fth",
    "six'th",
    "check",
    "notes_pkey",
    "notes_a_idx",
    "notes_id_seq",
    "books_a_key",
    "per%cent %s",
    "$check$",
    LONG,
    LONGER,
];

pub(crate) fn table(choice: &mut Choice) -> Name {
    choice.of(TABLES)
}

pub(crate) fn column(choice: &mut Choice) -> Name {
    choice.of(COLUMNS)
}

/// A name for anything else.
pub(crate) fn object(choice: &mut Choice) -> Name {
    choice.of(OBJECTS)
}

/// A name for an index or a constraint; mostly PostgreSQL is to choose it.
pub(crate) fn or_none(choice: &mut Choice) -> Name {
    if choice.one_in(2) { object(choice) } else { pkmig::schema::name::UNNAMED }
}

/// A text for a comment or a reason.
pub(crate) fn text(choice: &mut Choice) -> Name {
    choice.of(&["plain", "it's \"quoted\"", "two\nlines", "naïve ☃", "$pkmig$ %s \\ {a,b}", "42"])
}

#[test]
fn the_long_names_are_as_long_as_a_name_can_be() {
    assert_eq!([LONG.len(), LONGER.len()], [pkmig::schema::name::MAX_BYTES; 2]);
}
