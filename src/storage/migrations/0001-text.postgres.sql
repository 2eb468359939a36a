-- Text that is compared byte by byte whatever the database's locale, as SQLite compares it.
create domain plain_text as text collate "C";
