//! The workbook, read back with calamine.

use super::*;
use crate::floor::effect::CallResult;
use crate::reports::agents::AgentRowView;
use crate::reports::stats::{Figures, StateTimes};
use calamine::{Data, Reader, Xlsx};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

fn report(agents: &[&str]) -> AgentsReportView {
    let figures = Figures {
        calls: 4,
        answered: 3,
        connected: 2,
        talk_ms: 90_000_000,
        states: StateTimes { ready_ms: 1_800_000, talking_ms: 90_000_000, ..Default::default() },
        ..Default::default()
    };
    let row = |(id, name): (i64, &&str)| AgentRowView {
        agent_id: id,
        agent_name: (*name).to_owned(),
        figures: figures.clone().into(),
    };
    AgentsReportView {
        from: "2026-11-23".parse().unwrap(),
        to: "2026-11-24".parse().unwrap(),
        zone: "Asia/Shanghai".to_owned(),
        rows: (1..).zip(agents).map(row).collect(),
        totals: figures.clone().into(),
        by_result: BTreeMap::from([(CallResult::Answered, 2), (CallResult::Busy, 1)]),
        dispositions: Vec::new(),
    }
}

fn sheet(file: &[u8], name: &str) -> calamine::Range<Data> {
    Xlsx::new(Cursor::new(file)).unwrap().worksheet_range(name).unwrap()
}

#[test]
fn names_and_figures_arrive_in_both_languages() {
    for (language, name, agent, average) in [
        (Language::Chinese, "坐席报表", "坐席", "平均通话时长"),
        (Language::English, "Agents", "Agent", "Average talk time"),
    ] {
        let file = agents_workbook(&report(&["王小明", "=1+1"]), language).unwrap();
        let sheet = sheet(&file, name);
        let cell = |row, column| sheet.get_value((row, column)).cloned().unwrap_or_default();
        assert_eq!(cell(2, 0), Data::String(agent.to_owned()));
        assert_eq!(cell(2, 5), Data::String(average.to_owned()));
        assert_eq!(cell(3, 0), Data::String("王小明".to_owned()));
        assert_eq!(cell(4, 0), Data::String("=1+1".to_owned()), "a name is never a formula");
        assert_eq!(cell(3, 1), Data::Float(4.0));
        let talk = cell(3, 4);
        let Data::DateTime(talk) = talk else { panic!("a time, not {talk:?}") };
        assert!((talk.as_f64() * 24.0 - 25.0).abs() < 1e-9, "25 hours of talk");
        assert_eq!(cell(3, 21), Data::Empty, "no contacts: no conversion");
        assert_eq!(cell(5, 1), Data::Float(4.0), "the totals");
    }
}

#[test]
fn the_results_are_on_a_sheet_of_their_own() {
    let file = agents_workbook(&report(&["A"]), Language::English).unwrap();
    let results = sheet(&file, "Results");
    assert_eq!(results.get_value((1, 0)), Some(&Data::String("Answered".to_owned())));
    assert_eq!(results.get_value((2, 1)), Some(&Data::Float(1.0)));
}

#[test]
fn the_chart_is_native_and_absent_without_agents() {
    let chart = |file: &[u8]| {
        let mut archive = zip::ZipArchive::new(Cursor::new(file.to_vec())).unwrap();
        let mut part = archive.by_name("xl/charts/chart1.xml").ok()?;
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        Some(text)
    };
    let with = agents_workbook(&report(&["A", "B"]), Language::English).unwrap();
    let xml = chart(&with).unwrap();
    assert!(xml.contains("Agents!$K$4:$K$5"), "the talking time of both agents: {xml}");
    let without = agents_workbook(&report(&[]), Language::English).unwrap();
    assert_eq!(chart(&without), None);
}
