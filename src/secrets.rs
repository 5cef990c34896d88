//! Secrets that nobody has to think of: made at the first start and kept in
//! the data folder, readable by its owner only.
//!
//! In: the data folder. Out: the key that signs access tokens and the secret
//! with which the switch calls us.

use anyhow::Context;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The file in the data folder.
const FILE: &str = "secrets.json";

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    token_key: String,
    switch_secret: String,
}

/// Secrets of this installation.
pub struct Secrets {
    /// Signs access tokens.
    pub token_key: SecretString,
    /// The switch's password towards us, unless the operator set one.
    pub switch_secret: SecretString,
}

/// Reads the secrets, or makes them. A file that cannot be read is an error:
/// new secrets would sign everybody out and lock the switch out.
pub fn read_or_make(data: &Path) -> anyhow::Result<Secrets> {
    let path = data.join(FILE);
    let kept = match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).with_context(|| {
            format!("{} is damaged: restore it, or delete it to make new secrets", path.display())
        })?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(&path)?,
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    };
    let Kept { token_key, switch_secret } = kept;
    Ok(Secrets { token_key: token_key.into(), switch_secret: switch_secret.into() })
}

fn make(path: &Path) -> anyhow::Result<Kept> {
    let kept = Kept { token_key: random(), switch_secret: random() };
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    file.write_all(serde_json::to_string_pretty(&kept)?.as_bytes())?;
    file.sync_all()?;
    Ok(kept)
}

/// 244 random bits as text without characters that XML or a shell would mind.
pub fn random() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn secrets_are_made_once_and_only_the_owner_reads_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = read_or_make(folder.path()).expect("made");
        let again = read_or_make(folder.path()).expect("read");
        assert_eq!(first.token_key.expose_secret(), again.token_key.expose_secret());
        assert_ne!(first.token_key.expose_secret(), first.switch_secret.expose_secret());
        let mode = std::fs::metadata(folder.path().join(FILE)).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_an_error_and_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), "{").expect("written");
        assert!(read_or_make(folder.path()).is_err());
    }
}
