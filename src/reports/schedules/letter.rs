//! The letter around a report: subject, file name, and the main figures in
//! words. Pure but for the workbook, which blocks.
//!
//! In: the report and its run. Out: what every recipient gets.

use crate::base::clock::Moment;
use crate::mail::{AttachedFile, Letter};
use crate::reports::agents::AgentsReportView;
use crate::reports::schedules::model::WaitingRun;
use crate::reports::xlsx::{self, Language, XLSX};
use rust_xlsxwriter::XlsxError;

/// The same letter for every recipient but for whom it is to.
pub fn write(report: &AgentsReportView, run: &WaitingRun, at: Moment) -> Result<Letter, XlsxError> {
    let language = run.language;
    let day = report.to;
    let title = language.pick("坐席日报", "Agent report");
    let stem = language.pick("坐席日报", "agent-report");
    let bytes = xlsx::agents_workbook(report, language)?;
    Ok(Letter {
        to: String::new(),
        subject: format!("{title} {day} - {}", run.name),
        text: text(report, run),
        file: AttachedFile { name: format!("{stem}-{day}.xlsx"), media_type: XLSX, bytes },
        id: format!("report-{}-{}", run.id, run.due_at.0),
        at,
    })
}

fn text(report: &AgentsReportView, run: &WaitingRun) -> String {
    let totals = &report.totals;
    let (day, zone, name, owner) = (report.to, &report.zone, &run.name, &run.owner_name);
    let figures = [
        ("坐席数", "Agents", report.rows.len().to_string()),
        ("呼叫次数", "Attempts", totals.calls.to_string()),
        ("接通", "Answered", totals.answered.to_string()),
        ("接起量", "Handled", totals.connected.to_string()),
        ("通话时长", "Talk time", time(Some(totals.talk_ms))),
        ("平均通话时长", "Average talk time", time(totals.mean_talk_ms)),
        ("登录时长", "Logged in", time(Some(totals.states.logged_in_ms))),
        ("占用率", "Occupancy", share(totals.occupancy)),
        ("有效接触", "Contacts", totals.contacts.to_string()),
        ("成交", "Sales", totals.sales.to_string()),
        ("到访", "Visits", totals.visits.to_string()),
        ("转化率", "Conversion", share(totals.conversion)),
    ];
    let language = run.language;
    let colon = language.pick("：", ": ");
    let lines = figures
        .iter()
        .map(|(chinese, english, value)| format!("{}{colon}{value}\n", language.pick(chinese, english)));
    let lines: String = lines.collect();
    match language {
        Language::Chinese => format!(
            "坐席日报 {day}（时区 {zone}）\n\n{lines}\n各坐席明细见附件 Excel 文件。\n\
             本邮件由定时邮件“{name}”自动发送，内容限于{owner}有权查看的范围。\n"
        ),
        Language::English => format!(
            "Agent report {day} (time zone {zone})\n\n{lines}\nThe attached Excel file has each agent.\n\
             Sent by the schedule \"{name}\"; it holds what {owner} may see.\n"
        ),
    }
}

/// Hours, minutes and seconds.
fn time(ms: Option<i64>) -> String {
    let Some(ms) = ms else { return "–".to_owned() };
    let seconds = ms / 1000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1}%", share * 100.0))
}
