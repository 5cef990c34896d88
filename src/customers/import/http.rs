//! Imports for those who may make them: upload, mapping, progress, cancel, the
//! rows that were not taken.

use crate::api::{ApiError, ApiResult, Check, Json, Page, PageQuery, Path, Problem, Query, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, visible_users};
use crate::base::{clock, limits};
use crate::customers::import::mapping::{self, Mapping, SuggestedMapping};
use crate::customers::import::sheet::Sheet;
use crate::customers::jobs::{self, ImportPoke};
use crate::customers::model::{Duplicates, ImportPlan, ImportState};
use crate::customers::rejected::{self, Language};
use crate::customers::store;
use crate::store::entity::imports;
use crate::store::{Db, write_tx};
use anyhow::Context;
use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// What the form around a file may add to its size.
pub(in crate::customers) const FORM_BYTES: usize = 16 * 1024;
/// The media type of .xlsx files.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The routes of imports.
pub fn routes() -> OpenApiRouter {
    let upload = OpenApiRouter::new()
        .routes(routes!(post_import))
        .layer(DefaultBodyLimit::max(limits::IMPORT_BYTES + FORM_BYTES));
    OpenApiRouter::new()
        .routes(routes!(get_imports))
        .routes(routes!(get_import))
        .routes(routes!(post_import_start))
        .routes(routes!(post_import_cancel))
        .routes(routes!(get_import_rejected))
        .merge(upload)
}

/// An import.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportView {
    id: i64,
    file_name: String,
    state: ImportState,
    /// The headers; an empty one is a column without data.
    columns: Vec<String>,
    /// The first rows.
    sample: Vec<Vec<String>>,
    /// Which column seems to mean what.
    suggested_mapping: SuggestedMapping,
    /// What was chosen, once it was started.
    mapping: Option<Mapping>,
    /// The list that is being filled.
    list_id: Option<i64>,
    /// Rows below the headers.
    rows_total: Option<i32>,
    /// Rows looked at.
    rows_done: i32,
    /// New customers.
    rows_imported: i32,
    /// Known customers put on the list.
    rows_merged: i32,
    /// Rows not taken; see `rejected.xlsx`.
    rows_rejected: i32,
    /// Why it failed.
    error: Option<String>,
    created_by: i64,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// The form in which a file is uploaded.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read as a stream")]
pub struct ImportUpload {
    /// An .xlsx file, or a .csv file in UTF-8.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// How to import.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportStartRequest {
    /// The name of the list that is made of it.
    list_name: String,
    mapping: Mapping,
    /// What to do with a row whose number a customer has already.
    duplicates: Duplicates,
    /// The priority of its leads; higher ones are dialled first.
    #[schema(minimum = -100, maximum = 100)]
    #[serde(default)]
    priority: i32,
}

/// How the workbook is to be.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RejectedQuery {
    /// The language of the headers: `zh` or `en`.
    #[serde(default)]
    #[param(inline)]
    lang: Language,
}

#[utoipa::path(post, path = "/imports", tag = "customers", operation_id = "post_import",
    request_body(content = ImportUpload, content_type = "multipart/form-data"),
    responses((status = 201, body = ImportView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem)))]
/// Upload a spreadsheet. It is read and checked; nothing is imported yet.
async fn post_import(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    form: Result<Multipart, MultipartRejection>,
) -> ApiResult<(StatusCode, Json<ImportView>)> {
    caller.require(Permission::CustomerImport)?;
    let form = form.map_err(|refused| ApiError::new(refused.status(), "malformed", refused.body_text()))?;
    let upload = settings.uploads_dir.join(format!("{}.upload", Uuid::new_v4()));
    let path = upload.to_string_lossy().into_owned();
    let stored = store_upload(&caller, &db, form, &path).await;
    if stored.is_err() {
        jobs::remove_upload(&path).await?;
    }
    Ok((StatusCode::CREATED, Json(view(stored?)?)))
}

async fn store_upload(caller: &Caller, db: &Db, form: Multipart, path: &str) -> ApiResult<imports::Model> {
    let file_name = receive_file(form, path).await?;
    let read = jobs::read_sheet(path).await?;
    let sheet = read.map_err(|refused| ApiError::bad_request("file", refused.to_string()))?;
    let rows = i32::try_from(sheet.rows.len()).map_err(anyhow::Error::from)?;
    let tx = write_tx(db).await?;
    let content = (json!(sheet.columns), json!(sample(&sheet)));
    let now = clock::now();
    let id = store::insert_import(&tx, &file_name, path, content, rows, caller.user_id, now).await?;
    let entry = Entry::of(caller.user_id, "import.upload", "import", id);
    audit::record(&tx, entry.with(json!({ "file_name": file_name, "rows": rows }))).await?;
    tx.commit().await?;
    find(db, caller, id).await
}

/// Writes the form's file to `path` as it arrives; its name.
async fn receive_file(mut form: Multipart, path: &str) -> ApiResult<String> {
    while let Some(field) = form.next_field().await.map_err(malformed)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = file_name(&field);
        write_file(field, path).await?;
        return Ok(name);
    }
    Err(ApiError::bad_request("file", "is missing"))
}

/// What cannot be read of a form.
pub(in crate::customers) fn malformed(refused: MultipartError) -> ApiError {
    let code = if refused.status() == StatusCode::PAYLOAD_TOO_LARGE { "too_large" } else { "malformed" };
    ApiError::new(refused.status(), code, refused.body_text())
}

/// Writes a form's file to `path` as it arrives.
pub(in crate::customers) async fn write_file(mut field: Field<'_>, path: &str) -> ApiResult<()> {
    let mut file = tokio::fs::File::create(path).await.context("creating the upload")?;
    let mut bytes = 0;
    while let Some(chunk) = field.chunk().await.map_err(malformed)? {
        bytes += chunk.len();
        if bytes > limits::IMPORT_BYTES {
            let text = format!("the file is larger than {} MiB", limits::IMPORT_BYTES / 1024 / 1024);
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", text));
        }
        file.write_all(&chunk).await.context("writing the upload")?;
    }
    file.flush().await.context("writing the upload")?;
    Ok(())
}

/// The name without folders and control characters, of bounded length. It is
/// shown and stored, never used as a path.
pub(in crate::customers) fn file_name(field: &Field<'_>) -> String {
    let name = field.file_name().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(limits::LINE_CHARS).collect();
    if name.trim().is_empty() { "upload".to_owned() } else { name }
}

fn sample(sheet: &Sheet) -> Vec<Vec<String>> {
    let row = |row: &crate::customers::import::sheet::SheetRow| {
        let mut cells: Vec<String> = row.cells.iter().map(jobs::shown).collect();
        cells.resize(sheet.columns.len(), String::new());
        cells
    };
    sheet.rows.iter().take(limits::IMPORT_SAMPLE_ROWS).map(row).collect()
}

#[utoipa::path(get, path = "/imports", tag = "customers", operation_id = "get_imports", params(PageQuery),
    responses((status = 200, body = Page<ImportView>), (status = 403, body = Problem)))]
/// Imports made within the reader's scope, newest first.
async fn get_imports(
    caller: Caller,
    Extension(db): Extension<Db>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<ImportView>>> {
    let scope = caller.require(Permission::CustomerImport)?;
    let visible = visible_users(&db, &caller, scope).await?;
    let limit = page.limit()?;
    let rows = store::list_imports(&db, &visible, page.after()?, limit + 1).await?;
    let views: Vec<ImportView> = rows.into_iter().map(view).collect::<ApiResult<_>>()?;
    Ok(Json(Page::of(views, limit, |import| import.id, |import| import)))
}

#[utoipa::path(get, path = "/imports/{id}", tag = "customers", operation_id = "get_import",
    params(("id" = i64, Path, description = "The import")),
    responses((status = 200, body = ImportView), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// One import with its progress.
async fn get_import(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<i64>,
) -> ApiResult<Json<ImportView>> {
    Ok(Json(view(find(&db, &caller, id).await?)?))
}

#[utoipa::path(post, path = "/imports/{id}/start", tag = "customers", operation_id = "post_import_start",
    params(("id" = i64, Path, description = "The import")), request_body = ImportStartRequest,
    responses((status = 200, body = ImportView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
/// Import the rows of an upload into a new list.
async fn post_import_start(
    caller: Caller,
    Extension(db): Extension<Db>,
    poke: Option<Extension<ImportPoke>>,
    Path(id): Path<i64>,
    Json(request): Json<ImportStartRequest>,
) -> ApiResult<Json<ImportView>> {
    let import = find(&db, &caller, id).await?;
    let columns: Vec<String> =
        serde_json::from_value(import.columns.clone()).context("the import's columns")?;
    let mut check = Check::new();
    check.line("list_name", &request.list_name);
    if let Err(refused) = request.mapping.check(columns.len()) {
        check.that(false, "mapping", refused.to_string());
    }
    check.range("priority", request.priority, -100..=100, "");
    check.done()?;
    let plan =
        ImportPlan { mapping: request.mapping, duplicates: request.duplicates, priority: request.priority };
    let tx = write_tx(&db).await?;
    let name = request.list_name.trim();
    let Some(list) = store::start_import(&tx, &import, name, &plan, caller.user_id, clock::now()).await?
    else {
        return Err(ApiError::conflict("wrong_state", "this import was started or cancelled before"));
    };
    let detail = json!({ "list_id": list, "plan": plan });
    audit::record(&tx, Entry::of(caller.user_id, "import.start", "import", id).with(detail)).await?;
    tx.commit().await?;
    // Without an importer in this process, one elsewhere looks by itself.
    if let Some(Extension(poke)) = poke {
        poke.poke();
    }
    Ok(Json(view(find(&db, &caller, id).await?)?))
}

#[utoipa::path(post, path = "/imports/{id}/cancel", tag = "customers", operation_id = "post_import_cancel",
    params(("id" = i64, Path, description = "The import")),
    responses((status = 200, body = ImportView), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
/// Stop an import. What was imported until then stays.
async fn post_import_cancel(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<i64>,
) -> ApiResult<Json<ImportView>> {
    let import = find(&db, &caller, id).await?;
    let tx = write_tx(&db).await?;
    if !store::mark_cancelled(&tx, id, clock::now()).await? {
        return Err(ApiError::conflict("wrong_state", "this import is not under way any more"));
    }
    audit::record(&tx, Entry::of(caller.user_id, "import.cancel", "import", id)).await?;
    tx.commit().await?;
    jobs::remove_upload(&import.path).await?;
    Ok(Json(view(find(&db, &caller, id).await?)?))
}

#[utoipa::path(get, path = "/imports/{id}/rejected.xlsx", tag = "customers",
    operation_id = "get_import_rejected", params(("id" = i64, Path, description = "The import"), RejectedQuery),
    responses((status = 200, content_type = XLSX, body = [u8]), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// The rows that were not taken, each with its reason, as a workbook.
async fn get_import_rejected(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<i64>,
    Query(query): Query<RejectedQuery>,
) -> ApiResult<Response> {
    let import = find(&db, &caller, id).await?;
    let columns: Vec<String> = serde_json::from_value(import.columns).context("the import's columns")?;
    let rejects = store::list_rejects(&db, id).await?;
    let build = move || rejected::workbook(&columns, &rejects, query.lang);
    let file = tokio::task::spawn_blocking(build).await.map_err(anyhow::Error::from)?;
    let file = file.map_err(anyhow::Error::from)?;
    let disposition = format!("attachment; filename=\"rejected-{id}.xlsx\"");
    Ok(([(header::CONTENT_TYPE, XLSX.to_owned()), (header::CONTENT_DISPOSITION, disposition)], file)
        .into_response())
}

async fn find(db: &Db, caller: &Caller, id: i64) -> ApiResult<imports::Model> {
    let scope = caller.require(Permission::CustomerImport)?;
    let visible = visible_users(db, caller, scope).await?;
    store::find_import(db, id, &visible).await?.ok_or_else(|| ApiError::not_found("import"))
}

fn view(import: imports::Model) -> ApiResult<ImportView> {
    let columns: Vec<String> = serde_json::from_value(import.columns).context("the import's columns")?;
    let plan: Option<ImportPlan> =
        import.mapping.map(serde_json::from_value).transpose().context("the import's mapping")?;
    let state = ImportState::from_name(&import.state).context("the import's state")?;
    Ok(ImportView {
        id: import.id,
        file_name: import.file_name,
        state,
        suggested_mapping: mapping::suggest(&columns),
        columns,
        sample: serde_json::from_value(import.sample).context("the import's sample")?,
        mapping: plan.map(|plan| plan.mapping),
        list_id: import.list_id,
        rows_total: import.rows_total,
        rows_done: import.rows_done,
        rows_imported: import.rows_imported,
        rows_merged: import.rows_merged,
        rows_rejected: import.rows_rejected,
        error: import.error,
        created_by: import.created_by,
        created_at: import.created_at,
        finished_at: import.finished_at,
    })
}
