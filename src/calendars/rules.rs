//! What a calendar must hold, and the schedule it makes: pure.
//!
//! In: a form. Out: everything that is wrong with it, field by field, or the
//! schedule that queues follow.

use super::model::{CalendarForm, HolidayForm, PeriodForm, WeekForm};
use crate::api::Check;
use crate::base::day::time_of_day;
use crate::base::limits;
use crate::floor::hours::{DAY_MINUTES, Like, Period, Schedule, SpecialDays};
use chrono::{Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;

/// The years in which holidays may lie.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;
/// The longest holiday, in days.
const HOLIDAY_DAYS: i64 = 366;

/// Everything that is wrong with a calendar.
pub fn check(form: &CalendarForm) -> Check {
    let mut check = Check::new();
    check.name(&form.name, "calendar");
    for (field, periods) in form.week.days() {
        if let Err(fault) = read(periods) {
            check.fault(field, fault);
        }
    }
    holidays(&form.holidays, &mut check);
    let never = form.week.days().iter().all(|(_, periods)| periods.is_empty())
        && form.holidays.iter().all(|holiday| holiday.periods.is_empty() && holiday.follows.is_none());
    check.that(!never, "week", "give at least one opening period: a queue of this calendar would never open");
    check
}

fn holidays(holidays: &[HolidayForm], check: &mut Check) {
    if holidays.len() > limits::HOLIDAYS_PER_CALENDAR {
        check.fault("holidays", format!("at most {} holidays", limits::HOLIDAYS_PER_CALENDAR));
    }
    for holiday in holidays {
        let HolidayForm { name, from, to, periods, follows } = holiday;
        check.line("holidays", name);
        if to < from {
            check.fault("holidays", format!("{name}: the last day, {to}, is before the first, {from}"));
        } else if (*to - *from).num_days() >= HOLIDAY_DAYS {
            check.fault("holidays", format!("{name}: at most {HOLIDAY_DAYS} days"));
        }
        if [from, to].iter().any(|day| !YEARS.contains(&day.year())) {
            let (first, last) = YEARS.into_inner();
            check.fault("holidays", format!("{name}: days between the years {first} and {last}"));
        }
        if let Err(fault) = read(periods) {
            check.fault("holidays", format!("{name}: {fault}"));
        }
        if follows.is_some() && !periods.is_empty() {
            check.fault("holidays", format!("{name}: give periods or the weekday it follows, not both"));
        }
    }
    if let Some((one, other, day)) = first_overlap(holidays) {
        let text = format!("{} and {} both name {day}: each day belongs to one", one.name, other.name);
        check.fault("holidays", text);
    }
}

/// The first two, by their first day, that share a day.
fn first_overlap(holidays: &[HolidayForm]) -> Option<(&HolidayForm, &HolidayForm, NaiveDate)> {
    let mut by_day: Vec<&HolidayForm> = holidays.iter().collect();
    by_day.sort_by_key(|holiday| (holiday.from, holiday.to));
    by_day.windows(2).find(|pair| pair[1].from <= pair[0].to).map(|pair| (pair[0], pair[1], pair[1].from))
}

/// The days that differ; `None` when they cannot be read.
pub fn special_days(holidays: &[HolidayForm]) -> Option<Vec<SpecialDays>> {
    let special = holidays.iter().map(|holiday| {
        let like = match holiday.follows {
            Some(weekday) => Like::Weekday(weekday.weekday()),
            None => match read(&holiday.periods).ok()? {
                periods if periods.is_empty() => Like::Closed,
                periods => Like::Periods(periods),
            },
        };
        Some(SpecialDays { from: holiday.from, to: holiday.to, like })
    });
    special.collect()
}

/// The periods of one day, in order; or what is wrong with them.
fn read(periods: &[PeriodForm]) -> Result<Vec<Period>, String> {
    if periods.len() > limits::PERIODS_PER_DAY {
        return Err(format!("at most {} periods a day", limits::PERIODS_PER_DAY));
    }
    let mut read = Vec::new();
    for form in periods {
        let from = minute_of(&form.from).filter(|minute| *minute < DAY_MINUTES);
        let Some((from, to)) = from.zip(minute_of(&form.to)) else {
            return Err(format!(
                "{:?} to {:?}: times of day as HH:MM, from 00:00 to 24:00",
                form.from, form.to
            ));
        };
        if from >= to {
            return Err(format!(
                "{} to {} ends before it begins; past midnight, end at 24:00 and begin at 00:00 on the next day",
                form.from, form.to
            ));
        }
        read.push(Period { from, to });
    }
    read.sort_unstable();
    match read.windows(2).find(|pair| pair[1].from < pair[0].to) {
        Some(pair) => Err(format!("{} and {} overlap", text(pair[0]), text(pair[1]))),
        None => Ok(read),
    }
}

fn text(period: Period) -> String {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{} to {}", time(period.from), time(period.to))
}

/// Reads `HH:MM`, up to 24:00, as minutes of a day.
pub fn minute_of(text: &str) -> Option<u16> {
    if text == "24:00" {
        return Some(DAY_MINUTES);
    }
    let time = time_of_day(text)?;
    u16::try_from(time.hour() * 60 + time.minute()).ok()
}

/// The schedule of a checked calendar; `None` when it holds what this version
/// cannot read.
pub fn schedule(week: &WeekForm, holidays: &[HolidayForm], zone: Tz) -> Option<Schedule> {
    let days = week.days();
    let week: Vec<Vec<Period>> = days.iter().map(|(_, periods)| read(periods).ok()).collect::<Option<_>>()?;
    Some(Schedule { zone, week: week.try_into().ok()?, special: special_days(holidays)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendars::model::WeekdayName;

    fn period(from: &str, to: &str) -> PeriodForm {
        PeriodForm { from: from.into(), to: to.into() }
    }

    fn holiday(name: &str, from: &str, to: &str) -> HolidayForm {
        let day = |text: &str| text.parse().expect("a day");
        HolidayForm { name: name.into(), from: day(from), to: day(to), periods: Vec::new(), follows: None }
    }

    fn form() -> CalendarForm {
        let monday = vec![period("13:00", "18:00"), period("09:00", "12:00")];
        CalendarForm {
            name: "Office".into(),
            week: WeekForm { monday, sunday: vec![period("22:00", "24:00")], ..WeekForm::default() },
            holidays: vec![
                holiday("国庆节", "2026-10-01", "2026-10-07"),
                HolidayForm {
                    periods: vec![period("09:00", "18:00")],
                    ..holiday("国庆节调休", "2026-10-10", "2026-10-10")
                },
            ],
        }
    }

    /// The fields at fault, with what is said of the first.
    fn at_fault(form: CalendarForm) -> (Vec<String>, String) {
        let mut check = check(&form);
        let fields = check.at_fault().into_iter().map(str::to_owned).collect();
        let words = check.done().expect_err("a fault").problem().detail.clone();
        (fields, words)
    }

    fn monday(periods: Vec<PeriodForm>) -> CalendarForm {
        CalendarForm { week: WeekForm { monday: periods, ..WeekForm::default() }, ..form() }
    }

    #[test]
    fn a_calendar_in_order_makes_a_schedule() {
        let form = form();
        assert!(check(&form).at_fault().is_empty());
        let schedule = schedule(&form.week, &form.holidays, chrono_tz::Asia::Shanghai).expect("a schedule");
        let minutes = |day: usize| schedule.week[day].iter().map(|p| (p.from, p.to)).collect::<Vec<_>>();
        assert_eq!(minutes(0), [(540, 720), (780, 1080)], "in order");
        assert_eq!((minutes(1), minutes(6)), (vec![], vec![(1320, 1440)]));
        assert_eq!(schedule.special.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        for (form, field, words) in [
            (CalendarForm { name: " ".into(), ..form() }, "name", "give the calendar a name"),
            (monday(vec![period("18:00", "09:00")]), "week.monday", "18:00 to 09:00 ends before it begins"),
            (monday(vec![period("09:00", "09:00")]), "week.monday", "ends before it begins"),
            (monday(vec![period("9:00", "12:00")]), "week.monday", "HH:MM"),
            (monday(vec![period("09:00", "24:30")]), "week.monday", "HH:MM"),
            (monday(vec![period("24:00", "24:00")]), "week.monday", "HH:MM"),
            (monday(vec![period("+9:00", "12:00")]), "week.monday", "HH:MM"),
            (
                monday(vec![period("11:00", "13:00"), period("09:00", "12:00")]),
                "week.monday",
                "09:00 to 12:00 and 11:00 to 13:00 overlap",
            ),
            (monday(vec![period("09:00", "10:00"); 9]), "week.monday", "at most 8 periods"),
            (
                CalendarForm { holidays: vec![holiday("春节", "2026-02-20", "2026-02-16")], ..form() },
                "holidays",
                "春节: the last day, 2026-02-16, is before the first",
            ),
            (
                CalendarForm { holidays: vec![holiday("", "2026-02-20", "2026-02-20")], ..form() },
                "holidays",
                "must not be empty",
            ),
            (
                CalendarForm { holidays: vec![holiday("x", "2026-01-01", "2027-01-02")], ..form() },
                "holidays",
                "at most 366 days",
            ),
            (
                CalendarForm { holidays: vec![holiday("x", "1026-01-01", "1026-01-02")], ..form() },
                "holidays",
                "between the years",
            ),
            (
                CalendarForm {
                    holidays: vec![
                        holiday("国庆节", "2026-10-01", "2026-10-07"),
                        holiday("中秋节", "2026-09-25", "2026-10-01"),
                    ],
                    ..form()
                },
                "holidays",
                "中秋节 and 国庆节 both name 2026-10-01",
            ),
            (
                CalendarForm { week: WeekForm::default(), holidays: Vec::new(), ..form() },
                "week",
                "at least one opening period",
            ),
        ] {
            let (fields, said) = at_fault(form);
            assert_eq!(fields, [field], "{words}");
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn days_that_differ_are_closed_or_like_a_weekday_or_have_times_of_their_own() {
        let holiday = |text: &str| holiday(text, "2026-10-10", "2026-10-10");
        let work = vec![period("09:00", "18:00")];
        let follows = Some(WeekdayName::Friday);
        let days = [
            holiday("国庆节"),
            HolidayForm { follows, ..holiday("调休") },
            HolidayForm { periods: work.clone(), ..holiday("半天") },
        ];
        let special = special_days(&days).expect("days").into_iter().map(|days| days.like);
        let own = Like::Periods(vec![Period { from: 540, to: 1080 }]);
        assert_eq!(special.collect::<Vec<_>>(), [Like::Closed, Like::Weekday(chrono::Weekday::Fri), own]);
        let both = HolidayForm { follows, periods: work, ..holiday("调休") };
        let (fields, said) = at_fault(CalendarForm { holidays: vec![both], ..form() });
        assert_eq!(fields, ["holidays"]);
        assert!(said.contains("not both"), "{said}");
    }

    #[test]
    fn periods_that_touch_do_not_overlap() {
        assert!(
            check(&monday(vec![period("09:00", "12:00"), period("12:00", "18:00")])).at_fault().is_empty()
        );
    }
}
