//! The database file: recognising it, opening it, the settings of each kind of connection.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, FileControl, OpenFlags, config::DbConfig};

use super::{
    error::{FileName, StoreError},
    migrate::{self, APPLICATION_ID, SCHEMA},
    row::Statements as _,
    second_look::{Access, open_or_explain},
};

/// Memory a connection may use for pages, in KiB. The operating system caches the file as well.
const WRITER_CACHE_KIB: i64 = 8 * 1024;
const READER_CACHE_KIB: i64 = 2 * 1024;

/// Statements a connection keeps prepared: the writer knows about 60.
const PREPARED_STATEMENTS: usize = 128;

/// What stands at the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No file.
    Nothing,
    /// A file without a table: of length zero, or one we were killed over while making it.
    Empty,
    /// A database of ours.
    Ours {
        /// Whether the last writer closed it.
        is_clean: bool,
    },
}

/// Looks at the file without changing a byte of it.
///
/// # Errors
/// `Foreign`, `Newer`, `Corrupt`, or what the system says against reading it.
pub(super) fn inspect(file: &FileName) -> Result<Found, StoreError> {
    match std::fs::metadata(&file.path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => {
            return Err(StoreError::Io {
                path: file.path.clone(),
                action: "open",
                why: "it is not a regular file".to_owned(),
            });
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(file.io_error("open", &error)),
    }
    // First without the -wal: opening another application's database must not leave files beside
    // it. The header is read by SQLite and not by us because closing a handle of our own would
    // drop this process's locks on the file (SQLite, "How To Corrupt", 2.2). With a -wal that
    // holds anything the file alone may be in the middle of a checkpoint, and is no whole database.
    let is_half_made = beside(&file.path, "-journal").exists();
    if is_half_made || !has_log(file) {
        let peek = open_uri(file, "mode=ro&immutable=1")?;
        // We keep a rollback journal only until the file has become one with a log. What a kill or a
        // power cut left of that, no connection that only reads could roll back.
        if refuse_foreign(file, &peek)? == 0 && is_half_made {
            return Ok(Found::Empty);
        }
    }
    let connection = open_read_only(file)?;
    if refuse_foreign(file, &connection)? == 0 {
        return Ok(Found::Empty);
    }
    let clean = connection
        .number("SELECT value FROM meta WHERE key = 'is_clean'", &[])
        .map_err(|error| file.sql_error("open", error))?;
    Ok(Found::Ours {
        is_clean: clean == 1,
    })
}

/// Errs for a file that is not ours or newer; the schema number, 0 for a file without tables.
pub(super) fn refuse_foreign(file: &FileName, connection: &Connection) -> Result<i64, StoreError> {
    let pragma = |name: &str| -> Result<i64, StoreError> {
        connection
            .pragma_query_value(None, name, |row| row.get(0))
            .map_err(|error| file.sql_error("open", error))
    };
    let application_id = pragma("application_id")?;
    let table: Option<String> = connection
        .first("SELECT name FROM sqlite_schema LIMIT 1", &[], |row| {
            row.get(0)
        })
        .map_err(|error| file.sql_error("open", error))?;
    if application_id != APPLICATION_ID && (application_id != 0 || table.is_some()) {
        let found = match table {
            Some(table) => format!("application_id {application_id:#x}, first table `{table}`"),
            None => format!("application_id {application_id:#x}"),
        };
        return Err(StoreError::Foreign {
            path: file.path.clone(),
            found,
        });
    }
    let found = pragma("user_version")?;
    if application_id == APPLICATION_ID && found == 0 && table.is_some() {
        return Err(StoreError::Corrupt {
            path: file.path.clone(),
            why: "it is one of feedmill's, but its schema has no number".to_owned(),
        });
    }
    if application_id == APPLICATION_ID && found > SCHEMA {
        return Err(StoreError::Newer {
            path: file.path.clone(),
            found,
            known: SCHEMA,
        });
    }
    Ok(if application_id == APPLICATION_ID {
        found
    } else {
        0
    })
}

/// Opens the one connection that writes, making or upgrading the file where needed.
///
/// # Errors
/// All that [`inspect`] finds, a damaged file after an unclean stop, a lock held longer than
/// `busy_timeout`, a file or directory that cannot be written.
pub(super) fn open_writer(
    file: &FileName,
    journal_size_limit: u64,
) -> Result<Connection, StoreError> {
    open_or_explain(file, Access::Write, || {
        open_or_refuse(file, journal_size_limit)
    })
}

fn open_or_refuse(file: &FileName, journal_size_limit: u64) -> Result<Connection, StoreError> {
    let found = inspect(file)?;
    if found == (Found::Ours { is_clean: false }) {
        check(file, Depth::Quick)?;
    }
    if found == Found::Nothing {
        make_directory(file)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&file.path, flags)
        .map_err(|error| file.sql_error("open", error))?;
    refuse_read_only(file, &connection)?;
    if found == Found::Nothing {
        let_the_group_read(file)?;
    }
    // With a journal rolled back the file may be another than it looked.
    refuse_foreign(file, &connection)?;
    set_up_writer(file, &connection, found, journal_size_limit)?;
    migrate::migrate(file, &connection)?;
    mark_open(&connection).map_err(|error| file.sql_error("write", error))?;
    Ok(connection)
}

fn set_up_writer(
    file: &FileName,
    connection: &Connection,
    found: Found,
    journal_size_limit: u64,
) -> Result<(), StoreError> {
    let set = |name: &str, value: &dyn rusqlite::ToSql| {
        connection
            .pragma_update(None, name, value)
            .map_err(|error| file.sql_error("open", error))
    };
    connection
        .busy_timeout(file.busy_timeout)
        .map_err(|error| file.sql_error("open", error))?;
    if matches!(found, Found::Nothing | Found::Empty) {
        set("page_size", &4096)?;
        // Pages freed by `forget` and by raw pages that ran out can be given back.
        set("auto_vacuum", &"INCREMENTAL")?;
    }
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(|error| file.sql_error("open", error))?;
    if mode != "wal" {
        return Err(StoreError::Io {
            path: file.path.clone(),
            action: "open",
            why: format!("its file system allows no write-ahead log (journal mode stays `{mode}`)"),
        });
    }
    // With NORMAL a power cut lost rows a reader had seen, and their cursors came twice.
    set("synchronous", &"FULL")?;
    set("foreign_keys", &true)?;
    set("wal_autocheckpoint", &0)?;
    set(
        "journal_size_limit",
        &i64::try_from(journal_size_limit).unwrap_or(i64::MAX),
    )?;
    keep_plans(file, connection)?;
    set("cache_size", &-WRITER_CACHE_KIB)?;
    set("temp_store", &"MEMORY")?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    // Without -wal and -shm a reader that may not write the directory cannot open the file.
    let mut keep = 1;
    connection
        .file_control(rusqlite::DEFAULT_NAME, FileControl::PersistWal(&mut keep))
        .map_err(|error| file.sql_error("open", error))
}

/// Opens a connection that can only read.
///
/// Where the folder may not be written and the log is gone, SQLite could not keep the log's index
/// anywhere: the file is then read as one that nobody changes. A daemon leaves the log behind, so
/// without it nobody is at work.
///
/// # Errors
/// `Missing`, `Corrupt`, `Io`.
pub(super) fn open_read_only(file: &FileName) -> Result<Connection, StoreError> {
    let mut connection = open_uri(file, "mode=ro")?;
    let looked = connection.first("SELECT 1 FROM sqlite_schema LIMIT 1", &[], |_| Ok(()));
    let cannot_open = looked
        .is_err_and(|error| error.sqlite_error_code() == Some(rusqlite::ErrorCode::CannotOpen));
    if cannot_open && !has_log(file) {
        connection = open_uri(file, "mode=ro&immutable=1")?;
    }
    connection
        .pragma_update(None, "query_only", true)
        .and_then(|()| connection.pragma_update(None, "cache_size", -READER_CACHE_KIB))
        .map_err(|error| file.sql_error("open", error))?;
    keep_plans(file, &connection)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    Ok(connection)
}

/// Without this SQLite looks at bound values while it plans and plans anew when they change: an
/// eighth of the writer's time went there.
fn keep_plans(file: &FileName, connection: &Connection) -> Result<(), StoreError> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(drop)
        .map_err(|error| file.sql_error("open", error))
}

fn has_log(file: &FileName) -> bool {
    beside(&file.path, "-wal").exists()
}

fn open_uri(file: &FileName, query: &str) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri(&file.path, query), flags)
        .map_err(|error| file.sql_error("open", error))?;
    connection
        .busy_timeout(file.busy_timeout)
        .map_err(|error| file.sql_error("open", error))?;
    Ok(connection)
}

/// The path as a URI of SQLite's; every byte that could mean something else is escaped.
fn uri(path: &Path, query: &str) -> String {
    let mut uri = "file:".to_owned();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
    }
    uri.push('?');
    uri.push_str(query);
    uri
}

fn hex_digit(half: u8) -> char {
    char::from_digit(u32::from(half), 16)
        .unwrap_or('0')
        .to_ascii_uppercase()
}

fn make_directory(file: &FileName) -> Result<(), StoreError> {
    match file.path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => {
            std::fs::create_dir_all(parent).map_err(|error| file.io_error("create", &error))
        }
        Some(_) | None => Ok(()),
    }
}

fn refuse_read_only(file: &FileName, connection: &Connection) -> Result<(), StoreError> {
    let is_read_only = connection
        .is_readonly(rusqlite::MAIN_DB)
        .map_err(|error| file.sql_error("open", error))?;
    if !is_read_only {
        return Ok(());
    }
    Err(StoreError::Io {
        path: file.path.clone(),
        action: "write",
        why: "SQLite could open it for reading only".to_owned(),
    })
}

/// Others of the group read the file; -wal and -shm get the permissions of the file they stand by.
#[cfg(unix)]
fn let_the_group_read(file: &FileName) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let chmod = || {
        let mode = std::fs::metadata(&file.path)?.permissions().mode();
        std::fs::set_permissions(&file.path, std::fs::Permissions::from_mode(mode | 0o040))
    };
    chmod().map_err(|error| file.io_error("create", &error))
}

#[cfg(not(unix))]
fn let_the_group_read(_: &FileName) -> Result<(), StoreError> {
    Ok(())
}

/// How much of the file is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Its structure.
    Quick,
    /// That indexes hold what the tables do as well: several times as long.
    Full,
}

/// Checks the file over a connection that cannot change it, so that a damaged file is left as it is.
///
/// # Errors
/// `Corrupt`, with what was found; `Busy`, `Io`.
pub(super) fn check(file: &FileName, depth: Depth) -> Result<(), StoreError> {
    check_over(&open_read_only(file)?, file, ("check", depth))
}

/// The same over a connection; what is found is told of `file`.
pub(super) fn check_over(
    connection: &Connection,
    file: &FileName,
    (action, depth): (&'static str, Depth),
) -> Result<(), StoreError> {
    let question = match depth {
        Depth::Quick => "PRAGMA quick_check(1)",
        Depth::Full => "PRAGMA integrity_check(1)",
    };
    let verdict: String = connection
        .query_row(question, [], |row| row.get(0))
        .map_err(|error| file.sql_error(action, error))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(StoreError::Corrupt {
        path: file.path.clone(),
        why: verdict.lines().collect::<Vec<_>>().join("; "),
    })
}

/// Notes that a writer is at work. Also proves at once that the file can be locked and written.
fn mark_open(connection: &Connection) -> rusqlite::Result<()> {
    set_clean(connection, 0)
}

/// Notes that the writer has ended in order.
pub(super) fn mark_closed(connection: &Connection) -> rusqlite::Result<()> {
    set_clean(connection, 1)
}

fn set_clean(connection: &Connection, value: i64) -> rusqlite::Result<()> {
    connection
        .run(
            "INSERT INTO meta (key, value) VALUES ('is_clean', ?1)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            &[value.into()],
        )
        .map(drop)
}

/// How long a running writer waits for a foreign lock before it looks at its channel again.
pub(super) const LOCK_SLICE: Duration = Duration::from_millis(250);

/// A file beside the database whose name is the database's with `suffix` behind it.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    database.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_means_itself_in_a_uri() {
        assert_eq!(
            uri(Path::new("/a b/100%?#.db"), "mode=ro"),
            "file:/a%20b/100%25%3F%23.db?mode=ro"
        );
    }
}
