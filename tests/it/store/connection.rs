//! What an operator reads when a database cannot be used.

use crate::support::db::Server;
use trunkline::store::Db;

#[tokio::test]
async fn a_missing_postgres_database_is_named_with_what_to_do() {
    let Some(server) = Server::from_environment("a missing PostgreSQL database") else { return };
    let refused = Db::connect(&server.url_of("no_such_database")).await.expect_err("there is none");
    let said = refused.to_string();
    assert!(said.contains("no_such_database") && said.contains("createdb"), "{said}");
    assert_eq!(said.lines().count(), 1);
}
