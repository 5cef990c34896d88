//! The agents report as a workbook: a table with real numbers and times, and a
//! native chart.
//!
//! In: the same view as the screen. Out: the bytes of an .xlsx file. Blocking.

use crate::reports::agents::{AgentsReportView, FiguresView};
use rust_xlsxwriter::{
    Chart, ChartType, Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// The media type of .xlsx files.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The language of the headers.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[schema(as = ReportLanguage)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh", alias = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The name in the store and the API.
    pub fn as_str(self) -> &'static str {
        self.pick("zh", "en")
    }

    /// The language of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Chinese, Self::English].into_iter().find(|language| language.as_str() == name)
    }

    /// The text in this language.
    pub fn pick(self, chinese: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

/// How a figure is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Count,
    /// Milliseconds, shown as hours, minutes and seconds.
    Time,
    /// 0 to 1, shown in per cent.
    Share,
}

struct Column {
    chinese: &'static str,
    english: &'static str,
    kind: Kind,
    value: fn(&FiguresView) -> Option<f64>,
}

const fn column(
    chinese: &'static str,
    english: &'static str,
    kind: Kind,
    value: fn(&FiguresView) -> Option<f64>,
) -> Column {
    Column { chinese, english, kind, value }
}

/// The figures, with the names of the glossary.
const COLUMNS: [Column; 21] = [
    column("通话数", "Calls", Kind::Count, |f| Some(f.calls as f64)),
    column("接通", "Answered", Kind::Count, |f| Some(f.answered as f64)),
    column("接起量", "Handled", Kind::Count, |f| Some(f.connected as f64)),
    column("通话时长", "Talk time", Kind::Time, |f| Some(f.talk_ms as f64)),
    column("平均通话时长", "Average talk time", Kind::Time, |f| f.mean_talk_ms.map(|ms| ms as f64)),
    column("平均处理时长", "AHT", Kind::Time, |f| f.mean_handling_ms.map(|ms| ms as f64)),
    column("就绪", "Ready", Kind::Time, |f| Some(f.states.ready_ms as f64)),
    column("预览中", "Previewing", Kind::Time, |f| Some(f.states.previewing_ms as f64)),
    column("振铃", "Ringing", Kind::Time, |f| Some(f.states.ringing_ms as f64)),
    column("通话中", "Talking", Kind::Time, |f| Some(f.states.talking_ms as f64)),
    column("保持", "Hold", Kind::Time, |f| Some(f.states.hold_ms as f64)),
    column("话后处理", "After-call work", Kind::Time, |f| Some(f.states.wrap_up_ms as f64)),
    column("暂停", "Paused", Kind::Time, |f| Some(f.states.paused_ms as f64)),
    column("不可用", "Unreachable", Kind::Time, |f| Some(f.states.unreachable_ms as f64)),
    column("登录时长", "Logged in", Kind::Time, |f| Some(f.states.logged_in_ms as f64)),
    column("占用率", "Occupancy", Kind::Share, |f| f.occupancy),
    column("工时利用率", "Utilisation", Kind::Share, |f| f.utilisation),
    column("有效接触", "Contacts", Kind::Count, |f| Some(f.contacts as f64)),
    column("成交", "Sales", Kind::Count, |f| Some(f.sales as f64)),
    column("到访", "Visits", Kind::Count, |f| Some(f.visits as f64)),
    column("转化率", "Conversion", Kind::Share, |f| f.conversion),
];

/// The columns that the chart shows, counted from the first figure.
const CHART_COLUMNS: [u16; 4] = [6, 9, 11, 12];
const MS_PER_DAY: f64 = 86_400_000.0;
const TITLE_ROW: u32 = 0;
const HEADER_ROW: u32 = 2;

struct Formats {
    title: Format,
    header: Format,
    plain: [Format; 3],
    total_name: Format,
    total: [Format; 3],
}

impl Formats {
    fn new() -> Self {
        // Hours may exceed a day, so they are in brackets.
        let numbers = ["#,##0", "[h]:mm:ss", "0.0%"];
        let sum = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            header: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00DD_EBF7))
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            plain: numbers.map(|number| Format::new().set_num_format(number)),
            total: numbers.map(|number| sum.clone().set_num_format(number)),
            total_name: sum,
        }
    }
}

/// The workbook.
pub fn agents_workbook(report: &AgentsReportView, language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let name = language.pick("坐席报表", "Agents");
    sheet.set_name(name)?;
    let formats = Formats::new();
    write_header(sheet, report, language, &formats)?;
    let first = HEADER_ROW + 1;
    let mut row = first;
    for agent in &report.rows {
        sheet.write_string(row, 0, &agent.agent_name)?;
        write_figures(sheet, row, &agent.figures, &formats.plain)?;
        row += 1;
    }
    sheet.write_string_with_format(row, 0, language.pick("合计", "Total"), &formats.total_name)?;
    write_figures(sheet, row, &report.totals, &formats.total)?;
    if row > first {
        sheet.autofilter(HEADER_ROW, 0, row - 1, COLUMNS.len() as u16)?;
        let chart = time_chart(name, first, row - 1, language);
        sheet.insert_chart(row + 2, 0, &chart)?;
    }
    write_results(workbook.add_worksheet(), report, language, &formats)?;
    workbook.save_to_buffer()
}

fn write_header(
    sheet: &mut Worksheet,
    report: &AgentsReportView,
    language: Language,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let name = language.pick("坐席报表", "Agents report");
    let title = format!("{name}  {} – {}  ({})", report.from, report.to, report.zone);
    sheet.write_string_with_format(TITLE_ROW, 0, title, &formats.title)?;
    sheet.write_string_with_format(HEADER_ROW, 0, language.pick("坐席", "Agent"), &formats.header)?;
    sheet.set_column_width(0, 18)?;
    for (at, column) in (1u16..).zip(&COLUMNS) {
        let header = language.pick(column.chinese, column.english);
        sheet.write_string_with_format(HEADER_ROW, at, header, &formats.header)?;
        sheet.set_column_width(at, 12)?;
    }
    sheet.set_freeze_panes(HEADER_ROW + 1, 1)?;
    Ok(())
}

fn write_figures(
    sheet: &mut Worksheet,
    row: u32,
    figures: &FiguresView,
    formats: &[Format; 3],
) -> Result<(), XlsxError> {
    for (at, column) in (1u16..).zip(&COLUMNS) {
        let format = &formats[column.kind as usize];
        match (column.value)(figures) {
            Some(ms) if column.kind == Kind::Time => {
                sheet.write_number_with_format(row, at, ms / MS_PER_DAY, format)?
            }
            Some(value) => sheet.write_number_with_format(row, at, value, format)?,
            // Nothing to divide by: an empty cell, not a 0.
            None => sheet.write_blank(row, at, format)?,
        };
    }
    Ok(())
}

/// Bars of the time in the states that fill a shift, one bar per agent.
fn time_chart(sheet: &str, first: u32, last: u32, language: Language) -> Chart {
    let mut chart = Chart::new(ChartType::BarStacked);
    for column in CHART_COLUMNS {
        chart
            .add_series()
            .set_name((sheet, HEADER_ROW, column + 1))
            .set_categories((sheet, first, 0, last, 0))
            .set_values((sheet, first, column + 1, last, column + 1));
    }
    chart.title().set_name(language.pick("各状态时长", "Time in each state"));
    chart.x_axis().set_num_format("[h]:mm");
    chart.y_axis().set_reverse();
    let rows = last - first + 1;
    chart.set_width(900).set_height(200 + 24 * rows.min(60));
    chart
}

fn write_results(
    sheet: &mut Worksheet,
    report: &AgentsReportView,
    language: Language,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name(language.pick("呼叫结果", "Results"))?;
    sheet.set_column_width(0, 24)?;
    sheet.write_string_with_format(0, 0, language.pick("呼叫结果", "Call result"), &formats.header)?;
    sheet.write_string_with_format(0, 1, language.pick("呼叫次数", "Attempts"), &formats.header)?;
    for (row, (result, calls)) in (1u32..).zip(&report.by_result) {
        sheet.write_string(row, 0, result_name(*result, language))?;
        sheet.write_number_with_format(row, 1, *calls as f64, &formats.plain[Kind::Count as usize])?;
    }
    Ok(())
}

fn result_name(result: crate::floor::effect::CallResult, language: Language) -> &'static str {
    use crate::floor::effect::CallResult;
    match result {
        CallResult::Answered => language.pick("接通", "Answered"),
        CallResult::NoAnswer => language.pick("无人接听", "No answer"),
        CallResult::Busy => language.pick("忙", "Busy"),
        CallResult::Rejected => language.pick("拒接", "Rejected"),
        CallResult::InvalidNumber => language.pick("空号", "Invalid number"),
        CallResult::OutOfService => language.pick("停机", "Out of service"),
        CallResult::SwitchedOff => language.pick("关机", "Switched off"),
        CallResult::Unreachable => language.pick("无法接通", "Unreachable"),
        CallResult::Machine => language.pick("语音信箱", "Machine"),
        CallResult::Dropped => language.pick("呼损", "Dropped"),
        CallResult::AbandonedEarly => language.pick("提前挂断", "Abandoned early"),
        CallResult::Failed => language.pick("失败", "Failed"),
        CallResult::Cancelled => language.pick("取消", "Cancelled"),
        CallResult::Abandoned => language.pick("放弃", "Abandoned"),
        CallResult::Overflowed => language.pick("溢出", "Overflowed"),
        CallResult::TurnedAway => language.pick("未接待", "Turned away"),
        CallResult::OutOfHours => language.pick("非工作时间", "Out of hours"),
        CallResult::CallbackKept => language.pick("已预约回拨", "Callback kept"),
        CallResult::Voicemail => language.pick("已留言", "Left a message"),
    }
}

#[cfg(test)]
#[path = "xlsx_tests.rs"]
mod tests;
