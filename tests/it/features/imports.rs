//! Imports through the API: from the upload to customers, leads and the file of
//! rejected rows; and every file that must be refused.

use super::world::{World, write};
use crate::both_databases;
use crate::support::app::{Answer, TestApp};
use axum::body::Body;
use axum::http::Request;
use rust_xlsxwriter::Workbook;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use trunkline::base::{clock, limits};
use trunkline::customers::jobs::run_pending;
use trunkline::customers::model::Duplicates;
use trunkline::customers::model::NewCustomer;
use trunkline::customers::store::{self as customer_store, NewReject, RowOutcome};
use trunkline::store::Db;
use trunkline::store::changes::Changes;
use trunkline::store::entity::{customer_phones, customers, imports, leads, roles};

both_databases!(
    a_spreadsheet_becomes_customers_a_list_and_rejects,
    known_numbers_are_skipped_or_merged,
    a_bad_file_is_refused_and_leaves_nothing,
    an_import_goes_on_after_a_restart_without_a_row_twice,
    a_cancelled_import_imports_nothing_more,
    imports_are_seen_within_ones_scope,
);

/// The application with its folders, and an administrator's token.
async fn start(db: Db) -> (TestApp, String) {
    let app = TestApp::on(db);
    std::fs::create_dir_all(app.folder().join("uploads")).expect("a folder");
    let token = app.as_role("administrator").await;
    (app, token)
}

async fn upload(app: &TestApp, token: &str, name: &str, file: &[u8]) -> Answer {
    let mut body = format!(
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--X--\r\n");
    let request = Request::post("/api/v1/imports")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "multipart/form-data; boundary=X")
        .body(Body::from(body))
        .expect("a request");
    app.send(request).await
}

/// Uploads a file, imports it to the end, and gives the import.
async fn import(app: &TestApp, token: &str, file: &[u8], duplicates: &str) -> Value {
    let id = upload(app, token, "leads.xlsx", file).await.expect(201)["id"].clone();
    app.post(token, &format!("/imports/{id}/start"), start_request(duplicates)).await.expect(200);
    run_pending(&app.db, &Changes::new(), "CN").await.expect("the importer");
    app.get(token, &format!("/imports/{id}")).await.expect(200)
}

fn start_request(duplicates: &str) -> Value {
    json!({ "list_name": "November", "mapping": { "name": 0, "phones": [1, 2], "city": 3 },
        "duplicates": duplicates })
}

fn workbook(rows: &[[&str; 4]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0u32..).zip([["姓名", "手机", "电话2", "城市"]].iter().chain(rows)) {
        for (column, cell) in (0u16..).zip(cells) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write_number(row, column, number).expect("cell"),
                Err(_) => sheet.write_string(row, column, *cell).expect("cell"),
            };
        }
    }
    workbook.save_to_buffer().expect("workbook")
}

fn uploads_left(app: &TestApp) -> usize {
    std::fs::read_dir(app.folder().join("uploads")).expect("the folder").count()
}

async fn a_spreadsheet_becomes_customers_a_list_and_rejects(db: Db) {
    let (app, token) = start(db).await;
    let file = workbook(&[
        ["王小明", "13800138000", "021-62345678", "上海"],
        ["李", "abc", "", ""],
        ["", "13800138001", "", ""],
        ["赵", "+86 138 0013 8000", "", "again the first number"],
        ["=1+1", "13800138002", "", ""],
    ]);
    let uploaded = upload(&app, &token, "../../leads.xlsx", &file).await.expect(201);
    assert_eq!(uploaded["state"], "uploaded");
    assert_eq!(uploaded["file_name"], "leads.xlsx");
    assert_eq!(uploaded["columns"], json!(["姓名", "手机", "电话2", "城市"]));
    let suggested = json!({ "name": 0, "phones": [1, 2], "city": 3, "remark": null });
    assert_eq!(uploaded["suggested_mapping"], suggested);
    assert_eq!(uploaded["sample"][0], json!(["王小明", "13800138000", "021-62345678", "上海"]));
    assert_eq!(uploads_left(&app), 1);

    let path = format!("/imports/{}", uploaded["id"]);
    let bad = json!({ "list_name": " ", "mapping": { "name": 0, "phones": [9] }, "duplicates": "skip" });
    let refused = app.post(&token, &format!("{path}/start"), bad).await.refused(400, "invalid");
    assert_eq!(
        (&refused["fields"][0]["field"], &refused["fields"][1]["field"]),
        (&json!("list_name"), &json!("mapping"))
    );
    let started = app.post(&token, &format!("{path}/start"), start_request("skip")).await.expect(200);
    assert_eq!(started["state"], "running");
    app.post(&token, &format!("{path}/start"), start_request("skip")).await.refused(409, "wrong_state");
    run_pending(&app.db, &Changes::new(), "CN").await.expect("the importer");

    let done = app.get(&token, &path).await.expect(200);
    assert_eq!(done["state"], "done");
    let progress = ["rows_total", "rows_done", "rows_imported", "rows_merged", "rows_rejected"]
        .map(|k| done[k].as_i64());
    assert_eq!(progress, [5, 5, 2, 0, 3].map(Some));
    assert_eq!(uploads_left(&app), 0, "people's data is not kept");

    let found = app.get(&token, "/customers?q=0013%208000").await.expect(200);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    let customer = &found["items"][0];
    assert_eq!((&customer["name"], &customer["city"]), (&json!("王小明"), &json!("上海")));
    let numbers = customer["phones"].as_array().expect("phones").iter();
    let numbers: Vec<[&Value; 2]> = numbers.map(|phone| [&phone["number"], &phone["e164"]]).collect();
    let dialled = [["13800138000", "+8613800138000"], ["02162345678", "+862162345678"]]
        .map(|pair| pair.map(|n| json!(n)));
    assert_eq!(numbers, dialled.each_ref().map(|[number, e164]| [number, e164]));
    let lists = app.get(&token, "/lists").await.expect(200);
    let list = &lists["items"][0];
    assert_eq!((&list["name"], &list["leads"], &list["fresh"]), (&json!("November"), &json!(2), &json!(2)));

    let rejects =
        customer_store::list_rejects(&app.db, done["id"].as_i64().expect("id")).await.expect("rejects");
    let said: Vec<(i32, Option<&str>, &str)> =
        rejects.iter().map(|r| (r.row, r.column_name.as_deref(), r.reason.as_str())).collect();
    assert_eq!((said[0].0, said[0].1), (3, Some("手机")));
    assert_eq!(said[1], (4, Some("姓名"), "the name is missing"));
    assert_eq!(said[2], (5, Some("手机"), "13800138000 is already in row 2 of this file"));
    let answer = app.get(&token, &format!("{path}/rejected.xlsx?lang=en")).await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.starts_with("PK"), "a workbook");
}

async fn known_numbers_are_skipped_or_merged(db: Db) {
    let (app, token) = start(db).await;
    import(&app, &token, &workbook(&[["王", "13800138000", "", ""], ["李", "13800138001", "", ""]]), "skip")
        .await;
    let again = workbook(&[
        ["王小明", "13800138000", "021-62345678", "上海"],
        ["both", "13800138000x".trim_end_matches('x'), "13800138001", ""],
        ["new", "13800138003", "", ""],
    ]);
    let skipped = import(&app, &token, &again, "skip").await;
    assert_eq!((&skipped["rows_imported"], &skipped["rows_rejected"]), (&json!(1), &json!(2)));
    let merged = workbook(&[
        ["王小明", "13800138000", "021-62345678", "上海"],
        ["x", "13800138001", "021-62345678", ""],
    ]);
    let merged = import(&app, &token, &merged, "merge").await;
    assert_eq!((&merged["rows_merged"], &merged["rows_rejected"]), (&json!(1), &json!(1)));
    let found = app.get(&token, "/customers?q=62345678").await.expect(200);
    let customer = &found["items"][0];
    assert_eq!(
        (&customer["name"], &customer["city"]),
        (&json!("王"), &json!("上海")),
        "what was known stays"
    );
    assert_eq!(customer["phones"].as_array().map(Vec::len), Some(2));
    let lists = app.get(&token, "/lists").await.expect(200);
    assert_eq!(lists["items"][0]["leads"], 1, "the merged customer is on the new list");
}

async fn a_bad_file_is_refused_and_leaves_nothing(db: Db) {
    let (app, token) = start(db).await;
    let many = "x,13800138000\n".repeat(limits::IMPORT_ROWS + 1);
    let wide = (0..=limits::IMPORT_COLUMNS).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    let files: [(&str, Vec<u8>, &str); 9] = [
        ("empty", Vec::new(), "is empty"),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "not a spreadsheet"),
        ("half a zip", b"PK\x03\x04 and then nothing".to_vec(), "damaged"),
        ("old", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), ".xls"),
        ("GB18030", b"a,b\n\xcd\xf5,1\n".to_vec(), "line 2"),
        ("no header", b"a,,\n1,2,3\n".to_vec(), "column B has no header in row 1"),
        ("header twice", b"a,b,A\n1,2,3\n".to_vec(), "column A and again in column C"),
        ("rows", format!("a,b\n{many}").into_bytes(), "row 100002 is one too many"),
        ("columns", format!("{wide}\n").into_bytes(), "column CW"),
    ];
    for (name, file, said) in files {
        let refused = upload(&app, &token, name, &file).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], "file", "{name}");
        let message = refused["fields"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(said), "{name}: {message:?} should say {said:?}");
    }
    let bomb = bomb();
    assert!(bomb.len() < limits::IMPORT_BYTES / 10, "packed small: {}", bomb.len());
    let refused = upload(&app, &token, "bomb.xlsx", &bomb).await.refused(400, "invalid");
    assert!(refused["detail"].as_str().unwrap_or_default().contains("unpacks to more data"));
    assert_eq!(imports::Entity::find().count(app.db.read()).await.expect("count"), 0);
    assert_eq!(uploads_left(&app), 0);
}

/// A workbook whose sheet unpacks to more than is allowed.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let quick = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    writer.start_file("xl/workbook.xml", quick).expect("part");
    writer.start_file("xl/sharedStrings.xml", quick).expect("part");
    let block = vec![b' '; 1024 * 1024];
    for _ in 0..=limits::IMPORT_PART_BYTES / block.len() as u64 {
        writer.write_all(&block).expect("write");
    }
    writer.finish().expect("zip").into_inner()
}

async fn an_import_goes_on_after_a_restart_without_a_row_twice(db: Db) {
    let (app, token) = start(db).await;
    let total = limits::IMPORT_ROWS_PER_COMMIT + 200;
    let mut csv = "name,phone,tel,city\n".to_owned();
    for n in 0..total {
        csv += &format!("c{n},139{n:08},,\n");
    }
    let id = upload(&app, &token, "big.csv", csv.as_bytes()).await.expect(201)["id"].as_i64().expect("id");
    let path = format!("/imports/{id}");
    app.post(&token, &format!("{path}/start"), start_request("skip")).await.expect(200);
    // The first chunk, as the importer writes it; then the server stops.
    let row = imports::Entity::find_by_id(id).one(app.db.read()).await.expect("query").expect("import");
    let chunk = (0..limits::IMPORT_ROWS_PER_COMMIT).map(|n| {
        let phone =
            trunkline::base::phone::PhoneNumber::parse(&format!("139{n:08}"), "CN").expect("a number");
        let customer = NewCustomer { name: format!("c{n}"), phones: vec![phone], city: None, remark: None };
        let reject = NewReject { row: 0, column_name: None, reason: String::new(), cells: json!([]) };
        RowOutcome::Customer(customer, reject)
    });
    let (chunk, list) = (chunk.collect(), row.list_id.expect("a list"));
    write(&app.db, async |tx| {
        let now = clock::now();
        customer_store::import_chunk(tx, &row, list, (Duplicates::Skip, 0), chunk, now).await.expect("chunk")
    })
    .await
    .expect("it is running");
    let half = app.get(&token, &path).await.expect(200);
    assert_eq!(
        (&half["state"], &half["rows_done"]),
        (&json!("running"), &json!(limits::IMPORT_ROWS_PER_COMMIT))
    );

    run_pending(&app.db, &Changes::new(), "CN").await.expect("the importer");
    run_pending(&app.db, &Changes::new(), "CN").await.expect("again, with nothing to do");
    let done = app.get(&token, &path).await.expect(200);
    assert_eq!(
        (&done["state"], &done["rows_imported"], &done["rows_rejected"]),
        (&json!("done"), &json!(total), &json!(0))
    );
    let total = total as u64;
    assert_eq!(customers::Entity::find().count(app.db.read()).await.expect("count"), total);
    assert_eq!(customer_phones::Entity::find().count(app.db.read()).await.expect("count"), total);
    assert_eq!(leads::Entity::find().count(app.db.read()).await.expect("count"), total);
}

async fn a_cancelled_import_imports_nothing_more(db: Db) {
    let (app, token) = start(db).await;
    let file = workbook(&[["王", "13800138000", "", ""]]);
    let id = upload(&app, &token, "a.xlsx", &file).await.expect(201)["id"].clone();
    app.post(&token, &format!("/imports/{id}/start"), start_request("skip")).await.expect(200);
    let cancelled = app.post(&token, &format!("/imports/{id}/cancel"), json!({})).await.expect(200);
    assert_eq!(cancelled["state"], "cancelled");
    run_pending(&app.db, &Changes::new(), "CN").await.expect("the importer");
    assert_eq!(customers::Entity::find().count(app.db.read()).await.expect("count"), 0);
    app.post(&token, &format!("/imports/{id}/cancel"), json!({})).await.refused(409, "wrong_state");
    // A file that is gone fails its import, and says so.
    let id = upload(&app, &token, "b.xlsx", &file).await.expect(201)["id"].clone();
    app.post(&token, &format!("/imports/{id}/start"), start_request("skip")).await.expect(200);
    for upload in std::fs::read_dir(app.folder().join("uploads")).expect("the folder") {
        std::fs::remove_file(upload.expect("a file").path()).expect("removed");
    }
    run_pending(&app.db, &Changes::new(), "CN").await.expect("the importer");
    let failed = app.get(&token, &format!("/imports/{id}")).await.expect(200);
    assert_eq!((&failed["state"], failed["error"].is_string()), (&json!("failed"), true));
}

async fn imports_are_seen_within_ones_scope(db: Db) {
    let world = World::with_leads(db, 1).await;
    let (app, token) = start(world.db.clone()).await;
    let (_, sales) = app.team("Sales").await;
    let (_, service) = app.team("Service").await;
    let importer = roles::ActiveModel {
        key: Set("importer".to_owned()),
        name: Set("Importer".to_owned()),
        permissions: Set(json!({ "customer:import": "department", "customer:read": "department" })),
        builtin: Set(false),
        ..Default::default()
    };
    write(&app.db, async |tx| importer.insert(tx).await.expect("role")).await;
    let mine = app.token(app.user_in("mine", "importer", Some(sales)).await).await;
    let other = app.token(app.user_in("other", "importer", Some(service)).await).await;
    let agent = app.token(app.user_in("agent", "agent", Some(sales)).await).await;
    let done = import(&app, &mine, &workbook(&[["王", "13900138000", "", ""]]), "skip").await;
    let path = format!("/imports/{}", done["id"]);
    app.get(&mine, &path).await.expect(200);
    app.get(&token, &path).await.expect(200);
    app.get(&other, &path).await.refused(404, "not_found");
    app.get(&agent, &path).await.refused(403, "forbidden");
    let count = async |token: &str, path: &str| {
        app.get(token, path).await.expect(200)["items"].as_array().map(Vec::len)
    };
    assert_eq!(count(&mine, "/imports").await, Some(1));
    assert_eq!(count(&other, "/imports").await, Some(0));
    // The customers on one's own lists; the administrator sees everybody.
    assert_eq!(count(&mine, "/customers").await, Some(1));
    assert_eq!(count(&other, "/customers").await, Some(0));
    assert_eq!(count(&agent, "/customers").await, Some(0));
    assert_eq!(count(&token, "/customers").await, Some(2));
}
