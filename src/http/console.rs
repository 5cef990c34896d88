//! The web console, embedded at build time from `web/dist`.
//!
//! In: any GET that is not the API's. Out: a file; the page itself for every
//! address that is none, since the console routes within the browser; a plain
//! page that says how to build it when it was not built.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

/// File names in here carry a hash of their content.
const HASHED: &str = "assets/";
const PAGE: &str = "index.html";

const NOT_BUILT: &str = "<!doctype html><title>Trunkline</title>\
    <h1>Trunkline runs; its console is not built</h1>\
    <p>Build it, then build and start Trunkline again:</p><pre>npm --prefix web ci\nnpm --prefix web run build</pre>\
    <p>The API is at <a href=\"/api/v1/openapi.json\">/api/v1</a>.</p>\n";

/// Serves the console.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { PAGE } else { path };
    if let Some(file) = Dist::get(path) {
        return answer(path, file, &headers);
    }
    // A missing file must not be answered with the page: a browser would run it.
    let is_file = path.starts_with(HASHED) || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if is_file && path != PAGE {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Dist::get(PAGE) {
        Some(page) => answer(PAGE, page, &headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let caching = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        // Asked again every time, answered with 304 when it is the same.
        "no-cache"
    };
    let tag: String = file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes());
    let common = [(header::CACHE_CONTROL, caching.to_owned()), (header::ETAG, tag)];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = match (kind.type_(), kind.subtype()) {
        (mime_guess::mime::TEXT, _) => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    (common, [(header::CONTENT_TYPE, kind)], file.data.into_owned()).into_response()
}
