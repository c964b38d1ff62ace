//! Files that are written whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// Puts a file with this content in the place of the one that is there, so that whatever happens meanwhile
/// one of the two is there whole; makes it where there is none. Permissions are kept, a link stays a link.
///
/// # Errors
/// The file is as it was, and nothing is left beside it.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = match fs::canonicalize(path) {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let draft = path.with_file_name(name);
    write_draft(&draft, content, &path)
        .and_then(|()| fs::rename(&draft, &path))
        .inspect_err(|_| remove(&draft))
}

/// Makes a file with this content where there is none.
///
/// # Errors
/// There is such a file, or it cannot be written; then there is none.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    // Takes the name, so that nobody else's file is replaced.
    OpenOptions::new().write(true).create_new(true).open(path)?;
    replace(path, content).inspect_err(|_| remove(path))
}

/// Synchronised before it is renamed: a power cut must not leave the name without the content.
fn write_draft(draft: &Path, content: &[u8], old: &Path) -> io::Result<()> {
    let mut file = File::create(draft)?;
    file.write_all(content)?;
    match fs::metadata(old) {
        Ok(old) => file.set_permissions(old.permissions())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    file.sync_all()
}

/// What cannot be removed stays; the error that led here says more.
fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::debug!("cannot remove {}: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_file_is_replaced_where_a_link_leads_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        replace(&link, b"new").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let mode = fs::metadata(&real).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_is_there_is_not_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        create(&path, b"first").unwrap();
        let error = create(&path, b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }
}
