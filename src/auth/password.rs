//! Passwords: what is acceptable, and their hashes (argon2id, PHC strings).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The least characters of a password.
pub const CHARS_MIN: usize = 10;
/// The most: hashing must not be made a burden.
pub const CHARS_MAX: usize = 128;
/// Hashes computed at once. Each takes about 80 ms of a core and 19 MiB; a
/// flood of log-ins must not take the machine from the calls.
const HASHES_AT_ONCE: usize = 2;

static TURNS: std::sync::LazyLock<Arc<Semaphore>> =
    std::sync::LazyLock::new(|| Arc::new(Semaphore::new(HASHES_AT_ONCE)));

/// Why a password is not accepted, for people; `None` when it is.
pub fn fault(password: &str, username: &str) -> Option<String> {
    let chars = password.chars().count();
    if chars < CHARS_MIN {
        return Some(format!("must have at least {CHARS_MIN} characters"));
    }
    if chars > CHARS_MAX {
        return Some(format!("must have at most {CHARS_MAX} characters"));
    }
    let lower = password.to_lowercase();
    if !username.is_empty() && lower.contains(&username.to_lowercase()) {
        return Some("must not contain the user name".to_owned());
    }
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 {
        return Some("must have at least five different characters".to_owned());
    }
    None
}

/// Hashes a password, away from the async threads.
pub async fn hash(password: &str) -> anyhow::Result<String> {
    let password = password.to_owned();
    blocking(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("hashing a password: {error}"))
    })
    .await?
}

/// Whether a password belongs to a hash. Without a hash (there is no such
/// user) it takes as long and answers no, so that time does not tell which
/// user names exist.
pub async fn matches(password: &str, hash: Option<String>) -> anyhow::Result<bool> {
    let password = password.to_owned();
    blocking(move || {
        let known = hash.is_some();
        let stored = match hash {
            Some(hash) => hash,
            None => DUMMY.clone(),
        };
        let parsed = PasswordHash::new(&stored).map_err(|error| anyhow::anyhow!("a stored hash: {error}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await?
}

static DUMMY: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let hash = Argon2::default().hash_password(b"nobody has this password");
    hash.map(|hash| hash.to_string()).unwrap_or_default()
});

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    let _turn = TURNS.clone().acquire_owned().await?;
    Ok(tokio::task::spawn_blocking(work).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_knows_its_password_alone() {
        let stored = hash("correct horse").await.expect("hash");
        assert!(stored.starts_with("$argon2id$"));
        assert!(matches("correct horse", Some(stored.clone())).await.expect("verify"));
        assert!(!matches("correct house", Some(stored)).await.expect("verify"));
        assert!(!matches("nobody has this password", None).await.expect("verify"));
    }

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        for (password, reason) in [
            ("short", "at least 10"),
            ("xx-Zhang.wei-77", "user name"),
            ("aaaaaaaaaaaabb", "five different"),
            (&"long".repeat(40), "at most"),
        ] {
            let fault = fault(password, "zhang.wei").unwrap_or_default();
            assert!(fault.contains(reason), "{password}: {fault}");
        }
        assert_eq!(fault("十个汉字也可以做密码", "zhang.wei"), None);
    }
}
