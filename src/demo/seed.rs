//! The demo's centre: people, a trunk, a spreadsheet of invented customers
//! imported as any other, a campaign over it that runs at all hours, and a queue
//! for those who call.

use crate::api::Settings;
use crate::auth;
use crate::base::clock;
use crate::base::ids::UserId;
use crate::campaigns::model::{CampaignForm, CampaignState};
use crate::campaigns::retry::model::RetryRules;
use crate::campaigns::times::model::TimesForm;
use crate::customers::import::mapping::Mapping;
use crate::customers::model::{Duplicates, ImportPlan};
use crate::floor::input::PhoneMode;
use crate::people::store::{GatewayChange, UserChange};
use crate::queues::model::{MemberForm, QueueForm};
use crate::store::changes::Changes;
use crate::store::{Db, WriteTx, write_tx};
use crate::{campaigns, customers, people, queues};
use anyhow::Context;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rust_xlsxwriter::Workbook;
use std::path::Path;

use super::robots::ROBOT_PREFIX;

/// The password of every demo log-in; the demo listens on loopback.
const PASSWORD: &str = "trunkline-demo";
/// Desks worked by robots.
const ROBOTS: i64 = 8;
/// Desks for people who try the console.
const AGENTS: i64 = 3;
/// Customers call this number.
pub(super) const SERVICE_NUMBER: &str = "02160001001";
/// Invented customers.
const CUSTOMERS: usize = 5_000;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭",
];
const GIVEN_NAMES: &[&str] = &[
    "伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "秀兰", "霞", "平", "刚", "桂英", "文博", "子涵", "欣怡", "浩然", "雨桐",
];
const CITIES: &[&str] =
    &["上海", "北京", "广州", "深圳", "杭州", "南京", "苏州", "成都", "武汉", "西安", "重庆", "宁波", "无锡"];
const REMARKS: &[&str] = &["老客户", "展会登记", "官网咨询", "朋友介绍", "上次说月底再联系", ""];
const PREFIXES: &[&str] = &["135", "136", "137", "138", "139", "150", "158", "177", "186", "188", "199"];
const AGENT_NAMES: &[&str] = &[
    "林晓",
    "陈晨",
    "周宁",
    "赵一鸣",
    "孙悦",
    "吴桐",
    "郑好",
    "何静",
    "许诺",
    "沈括",
    "韩梅",
    "江河",
    "顾盼",
];
const SCRIPT: &str = "您好，请问是{姓名}吗？我是星海家居的客服，想了解一下您近期的装修计划……";

/// Fills an empty database; in any case says how to sign in.
pub(super) async fn seed(db: &Db, settings: &Settings) -> anyhow::Result<String> {
    let hash = auth::password::hash(PASSWORD).await?;
    if people::store::make_first_administrator(db, "admin", &hash, clock::now()).await? {
        fill(db, settings, &hash).await.context("the demo data cannot be written")?;
    }
    Ok(format!("demo log-ins: admin, lead, agent1, agent2, agent3 · password {PASSWORD}"))
}

async fn fill(db: &Db, settings: &Settings, hash: &str) -> anyhow::Result<()> {
    let tx = write_tx(db).await?;
    let (admin, agents) = make_people(&tx, hash).await?;
    let trunk = GatewayChange {
        proxy: Some("127.0.0.1:5060".to_owned()),
        caller_id: Some("02160001000".to_owned()),
        register: Some(false),
        enabled: Some(true),
        ..GatewayChange::default()
    };
    let gateway = people::store::insert_gateway(&tx, "demo_trunk", trunk).await?.id;
    tx.commit().await?;
    let list = import_customers(db, settings, admin).await?;
    let form = CampaignForm {
        times: TimesForm::always(),
        wrap_up_seconds: 30,
        max_attempts: 5,
        retry: RetryRules::every(5),
        script: Some(SCRIPT.to_owned()),
        agents,
        ..CampaignForm::new("星海家居 · 秋季回访".to_owned(), list, gateway, "02160001000".to_owned())
    };
    let members = (1..).zip(&form.agents).map(|(n, agent)| MemberForm { user_id: *agent, level: n % 3 + 1 });
    let queue = QueueForm {
        wrap_up_seconds: 20,
        wait_seconds_max: 90,
        members: members.filter(|member| member.level < 3).collect(),
        numbers: vec![SERVICE_NUMBER.to_owned()],
        ..QueueForm::new("客服热线".to_owned(), gateway, "02160001000".to_owned())
    };
    let tx = write_tx(db).await?;
    queues::store::insert_queue(&tx, &queue, &settings.home_country, admin, clock::now()).await??;
    let campaign = campaigns::store::insert_campaign(&tx, &form, admin, clock::now()).await??;
    campaigns::store::mark_state(&tx, campaign, CampaignState::Running, clock::now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn make_people(tx: &WriteTx, hash: &str) -> anyhow::Result<(UserId, Vec<i64>)> {
    let department = people::store::insert_department(tx, None, "电话销售部").await?.id;
    let mut teams = Vec::new();
    for name in ["一组", "二组"] {
        teams.push(people::store::insert_team(tx, department, name).await?.id);
    }
    let admin = people::store::list_users(tx, &auth::UserFilter::All, None, None, 1).await?;
    let admin = UserId(admin.first().context("the administrator")?.0.id);
    people::store::keep_password(tx, admin).await?;
    make_user(tx, hash, "lead", "team_lead", ("苏蔓", teams[0], department), None).await?;
    let mut agents = Vec::new();
    for number in 1..=AGENTS + ROBOTS {
        let person = number <= AGENTS;
        let username =
            if person { format!("agent{number}") } else { format!("{ROBOT_PREFIX}{}", number - AGENTS) };
        let name = AGENT_NAMES[number as usize % AGENT_NAMES.len()];
        let team = teams[usize::from(number % 2 == 0)];
        let phone =
            Some((1_000 + number, if number == AGENTS { PhoneMode::OnHook } else { PhoneMode::OffHook }));
        agents.push(make_user(tx, hash, &username, "agent", (name, team, department), phone).await?);
    }
    Ok((admin, agents))
}

async fn make_user(
    tx: &WriteTx,
    hash: &str,
    username: &str,
    role: &str,
    (name, team, department): (&str, i64, i64),
    phone: Option<(i64, PhoneMode)>,
) -> anyhow::Result<i64> {
    let role = people::store::find_role(tx, role).await?.with_context(|| format!("the role {role}"))?;
    let change = UserChange {
        display_name: Some(name.to_owned()),
        password_hash: Some(hash.to_owned()),
        role_id: Some(role.id),
        team_id: Some(Some(team)),
        department_id: Some(Some(department)),
        extension: Some(phone.map(|(extension, _)| extension.to_string())),
        phone_secret: phone.is_some().then(people::rules::new_phone_secret),
        phone_mode: Some(phone.map_or(PhoneMode::OffHook, |(_, mode)| mode)),
        remote_answer: None,
        active: Some(true),
    };
    let user = people::store::insert_user(tx, username, change, clock::now()).await?;
    people::store::keep_password(tx, UserId(user.id)).await?;
    Ok(user.id)
}

/// Writes a spreadsheet and imports it, as a person would.
async fn import_customers(db: &Db, settings: &Settings, by: UserId) -> anyhow::Result<i64> {
    let path = settings.uploads_dir.join("demo-leads.xlsx");
    write_spreadsheet(&path)?;
    let path = path.to_string_lossy().into_owned();
    let columns = serde_json::json!(["姓名", "手机", "城市", "备注"]);
    let tx = write_tx(db).await?;
    let rows = i32::try_from(CUSTOMERS)?;
    let sample = (columns, serde_json::json!([]));
    let id = customers::store::insert_import(&tx, "demo-leads.xlsx", &path, sample, rows, by, clock::now())
        .await?;
    tx.commit().await?;
    let import =
        customers::store::find_import(db, id, &auth::UserFilter::All).await?.context("the import")?;
    let mapping = Mapping { name: 0, phones: vec![1], city: Some(2), remark: Some(3) };
    let plan = ImportPlan { mapping, duplicates: Duplicates::Merge, priority: 0 };
    let tx = write_tx(db).await?;
    let list = customers::store::start_import(&tx, &import, "演示名单", &plan, by, clock::now()).await?;
    tx.commit().await?;
    customers::jobs::run_pending(db, &Changes::new(), &settings.home_country).await?;
    Ok(list.context("the list of the import")?.0)
}

fn write_spreadsheet(path: &Path) -> anyhow::Result<()> {
    let mut chance = StdRng::seed_from_u64(20_261_123);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, title) in ["姓名", "手机", "城市", "备注"].into_iter().enumerate() {
        sheet.write_string(0, u16::try_from(column)?, title)?;
    }
    for row in 1..=u32::try_from(CUSTOMERS)? {
        let mut pick =
            |words: &'static [&'static str]| words.choose(&mut chance).copied().unwrap_or_default();
        let name = format!("{}{}", pick(SURNAMES), pick(GIVEN_NAMES));
        let (prefix, city, remark) = (pick(PREFIXES), pick(CITIES), pick(REMARKS));
        // The last digits are the row, so that no number comes twice.
        let phone = format!("{prefix}{:04}{:04}", chance.random_range(0..10_000), row % 10_000);
        sheet.write_string(row, 0, name)?.write_string(row, 1, phone)?;
        sheet.write_string(row, 2, city)?.write_string(row, 3, remark)?;
    }
    workbook.save(path)?;
    Ok(())
}
