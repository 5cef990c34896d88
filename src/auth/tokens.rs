//! Access tokens (JWT, HS256, 15 minutes) and the random refresh tokens.

use crate::base::clock::Moment;
use crate::base::ids::UserId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How long an access token is good for, in seconds.
pub const ACCESS_SECONDS: i64 = 15 * 60;
/// How long a refresh token is good for, in milliseconds: a shift, so that the
/// console asks for the password once a day.
pub const REFRESH_MS: i64 = 12 * 60 * 60 * 1000;
/// How long after its use a refresh token may be shown again, in milliseconds:
/// long enough for two tabs on a slow line, short for whoever copied it.
pub const REUSE_MS: i64 = 10_000;
/// The shortest secret with which tokens may be signed, in bytes (RFC 7518,
/// section 3.2: as long as the hash).
pub const SECRET_BYTES_MIN: usize = 32;

/// The key that signs access tokens.
pub struct AuthKeys {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl std::fmt::Debug for AuthKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthKeys")
    }
}

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    /// The session: the family of refresh tokens.
    pub sid: Uuid,
    /// When issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
}

/// The secret is too short to be safe.
#[derive(Debug, thiserror::Error)]
#[error("the secret that signs sessions must have at least {SECRET_BYTES_MIN} bytes")]
pub struct SecretTooShort;

impl AuthKeys {
    /// Keys from the configured secret.
    pub fn new(secret: &[u8]) -> Result<Self, SecretTooShort> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(SecretTooShort);
        }
        Ok(Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret) })
    }

    /// Signs an access token.
    pub fn issue(&self, user: UserId, session: Uuid, now: Moment) -> anyhow::Result<String> {
        let iat = now.0.div_euclid(1000);
        let claims = Claims { sub: user.0.to_string(), sid: session, iat, exp: iat + ACCESS_SECONDS };
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)?)
    }

    /// Whose token this is; `None` when it is not ours, altered, or over.
    pub fn verify(&self, token: &str, now: Moment) -> Option<(UserId, Uuid)> {
        let mut validation = Validation::new(Algorithm::HS256);
        // Checked below, against the clock that everything else is told.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        let live = now.0.div_euclid(1000) < claims.exp;
        let user = claims.sub.parse().ok().filter(|_| live)?;
        Some((UserId(user), claims.sid))
    }
}

/// A new refresh token: 256 random bits.
pub fn new_refresh_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What is stored of a refresh token. It is random, so a plain hash will do.
pub fn token_hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    #[test]
    fn a_token_holds_for_its_time_and_for_its_key() {
        let keys = AuthKeys::new(SECRET).expect("keys");
        let other = AuthKeys::new(b"fedcba9876543210fedcba9876543210").expect("keys");
        let (now, session) = (Moment(1_795_000_000_000), Uuid::from_u128(7));
        let token = keys.issue(UserId(3), session, now).expect("token");
        assert_eq!(keys.verify(&token, now), Some((UserId(3), session)));
        assert_eq!(keys.verify(&token, now + (ACCESS_SECONDS - 1) * 1000), Some((UserId(3), session)));
        assert_eq!(keys.verify(&token, now + ACCESS_SECONDS * 1000), None);
        assert_eq!(other.verify(&token, now), None);
        assert_eq!(keys.verify("a.b.c", now), None);
    }

    #[test]
    fn a_token_without_a_signature_is_not_ours() {
        let keys = AuthKeys::new(SECRET).expect("keys");
        let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
        let session = Uuid::from_u128(7);
        let claims = format!(r#"{{"sub":"1","sid":"{session}","iat":0,"exp":9999999999}}"#);
        let token = format!("{header}.{}.", URL_SAFE_NO_PAD.encode(claims));
        assert_eq!(keys.verify(&token, Moment(0)), None);
        assert!(AuthKeys::new(b"short").is_err());
    }

    #[test]
    fn refresh_tokens_differ_and_only_their_hash_is_kept() {
        let (a, b) = (new_refresh_token(), new_refresh_token());
        assert_ne!(a, b);
        assert_eq!(a.len(), 43);
        assert_eq!(token_hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
