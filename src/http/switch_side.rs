//! What FreeSWITCH asks of us and tells us over HTTP: its directory of phones
//! and gateways (mod_xml_curl) and its own record of every leg (mod_json_cdr).
//!
//! In: HTTP basic authentication as `freeswitch` with the configured secret.
//! Out: XML; the records are kept and merged into the ledger.

use crate::api::{ApiError, ApiResult, Settings};
use crate::calls::records::{self, RecordRefused};
use crate::people;
use crate::store::Db;
use crate::store::entity::gateways;
use crate::switch::directory::{self, DeskPhone, DirectoryRequest, GatewaySettings};
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Form, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

/// The user name in the switch's configuration.
const USER: &str = "freeswitch";

/// The switch's routes, behind its secret.
pub fn routes() -> Router {
    Router::new()
        .route("/switch/directory", post(post_directory))
        .route("/switch/cdr", post(post_cdr))
        .layer(middleware::from_fn(only_the_switch))
}

async fn only_the_switch(Extension(settings): Extension<Settings>, request: Request, next: Next) -> Response {
    if knows_secret(request.headers(), settings.switch_secret.expose_secret()) {
        return next.run(request).await;
    }
    tracing::warn!(http.path = request.uri().path(), "somebody without the switch's secret");
    let ask = (header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"switch\""));
    (StatusCode::UNAUTHORIZED, [ask], "the switch's secret is needed\n").into_response()
}

/// Compares hashes, so that the time taken tells nothing about the secret.
fn knows_secret(headers: &HeaderMap, secret: &str) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|encoded| STANDARD.decode(encoded).ok());
    let wanted = Sha256::digest(format!("{USER}:{secret}"));
    !secret.is_empty() && given.is_some_and(|given| Sha256::digest(given) == wanted)
}

async fn post_directory(
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Form(fields): Form<Vec<(String, String)>>,
) -> ApiResult<Response> {
    let domain = &settings.sip_domain;
    let xml = match DirectoryRequest::from_form(&fields, domain) {
        DirectoryRequest::Phone { extension } => {
            match people::store::find_phone(db.read(), &extension).await? {
                Some((extension, secret)) => {
                    directory::phone_answer(domain, &DeskPhone { extension, secret })
                }
                None => directory::not_found(),
            }
        }
        DirectoryRequest::Gateways => directory::gateways_answer(domain, &enabled_gateways(&db).await?),
        DirectoryRequest::CarrierAddresses => {
            directory::carrier_addresses_answer(domain, &enabled_gateways(&db).await?)
        }
        DirectoryRequest::Other => directory::not_found(),
    };
    Ok(([(header::CONTENT_TYPE, "text/xml")], xml).into_response())
}

/// Keeps the record and merges it into the ledger. An answer other than 2xx
/// makes the switch try again and then keep the record on its disk, so only what
/// will never be readable is refused.
async fn post_cdr(Extension(db): Extension<Db>, body: Bytes) -> ApiResult<StatusCode> {
    match records::take(&db, &records::text(&body)).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(RecordRefused::Unreadable(error)) => Err(ApiError::bad_request("body", error.to_string())),
        Err(RecordRefused::Store(error)) => Err(error.into()),
    }
}

async fn enabled_gateways(db: &Db) -> Result<Vec<GatewaySettings>, ApiError> {
    let rows = people::store::list_gateways(db.read()).await?;
    Ok(rows.into_iter().filter(|row| row.enabled).map(settings_of).collect())
}

fn settings_of(row: gateways::Model) -> GatewaySettings {
    GatewaySettings {
        name: row.name,
        proxy: row.proxy,
        username: row.username,
        secret: row.secret,
        register: row.register,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_secret_opens_and_an_empty_one_never_does() {
        let given = |text: &str| {
            let mut headers = HeaderMap::new();
            let value = format!("Basic {}", STANDARD.encode(text));
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&value).expect("header"));
            headers
        };
        assert!(knows_secret(&given("freeswitch:hush"), "hush"));
        assert!(!knows_secret(&given("freeswitch:other"), "hush"));
        assert!(!knows_secret(&given("somebody:hush"), "hush"));
        assert!(!knows_secret(&given("freeswitch:"), ""));
        assert!(!knows_secret(&HeaderMap::new(), "hush"));
    }
}
