//! The bound of every queue, list and text. A bound that is reached is an
//! alarm or a clear refusal, never growth without end.

/// Inputs waiting for the floor. At 100 seats the floor takes well under a
/// millisecond an input; a full queue means that it stands still.
pub const FLOOR_INPUTS: usize = 16_384;
/// Facts waiting for the writer; calls go on while a database is away for a
/// while, and new attempts stop long before this is full.
pub const FACTS_WAITING: usize = 65_536;
/// New attempts stop while more facts than this wait for the store.
pub const FACTS_WAITING_BEFORE_DIALLING_STOPS: usize = 2_000;
/// Facts in one transaction of the writer.
pub const FACTS_PER_COMMIT: usize = 500;
/// Commands waiting for the switch link.
pub const SWITCH_COMMANDS: usize = 8_192;
/// Desk phones at the registrar whose state is kept.
pub const DESK_PHONES: usize = 20_000;
/// Events of the switch that the ESL client may hold for us.
pub const SWITCH_EVENTS: usize = 20_000;
/// Live messages that a slow console may lag behind before it is sent a new
/// snapshot.
pub const LIVE_MESSAGES: usize = 2_048;
/// Leads in a campaign's hopper.
pub const HOPPER: usize = 500;
/// Leads fetched for a hopper at once.
pub const HOPPER_BATCH: usize = 200;
/// Agents on a campaign.
pub const AGENTS_PER_CAMPAIGN: usize = 2_000;
/// Agents of an inbound queue.
pub const MEMBERS_PER_QUEUE: usize = 2_000;
/// Places in all queues that callers keep to be called back.
pub const KEPT_PLACES: usize = 5_000;
/// Numbers that lead to one inbound queue.
pub const NUMBERS_PER_QUEUE: usize = 100;
/// Pools of caller IDs.
pub const CALLER_ID_POOLS: u64 = 200;
/// Numbers of one of them.
pub const NUMBERS_PER_POOL: usize = 500;
/// Regions that one number is for.
pub const REGIONS_PER_NUMBER: usize = 100;
/// Calendars of opening hours.
pub const CALENDARS: u64 = 200;
/// Opening periods of one day.
pub const PERIODS_PER_DAY: usize = 8;
/// Holidays of one calendar.
pub const HOLIDAYS_PER_CALENDAR: usize = 400;
/// Daily windows of one campaign.
pub const WINDOWS_PER_CAMPAIGN: usize = 50;
/// Expressions by which one campaign dials, or does not.
pub const CRON_PER_CAMPAIGN: usize = 10;
/// Those who wait in a queue, as the consoles are told of them one by one.
pub const LINE_SHOWN: usize = 200;
/// Phone numbers of one customer.
pub const PHONES_PER_CUSTOMER: usize = 20;
/// Characters of a name, city, or other one-line text.
pub const LINE_CHARS: usize = 200;
/// Characters of a remark or note.
pub const TEXT_CHARS: usize = 4_000;
/// Bytes of an uploaded spreadsheet.
pub const IMPORT_BYTES: usize = 64 * 1024 * 1024;
/// Bytes that a spreadsheet may unpack to: more is taken for a zip bomb.
pub const IMPORT_UNPACKED_BYTES: u64 = 1024 * 1024 * 1024;
/// Rows of one import.
pub const IMPORT_ROWS: usize = 100_000;
/// Columns of one import.
pub const IMPORT_COLUMNS: usize = 100;
/// Rows of a page of any list.
pub const PAGE_MAX: u64 = 200;
/// Rows of a page unless asked otherwise.
pub const PAGE_DEFAULT: u64 = 50;
/// Bytes of an ordinary request body.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Bytes that one part of a spreadsheet other than a worksheet (above all the
/// table of shared texts, which the reader holds in memory) may unpack to.
pub const IMPORT_PART_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of all texts kept of a spreadsheet: a text shared by many cells is
/// stored once in the file and many times here.
pub const IMPORT_TEXT_BYTES: usize = 256 * 1024 * 1024;
/// Files inside a spreadsheet.
pub const IMPORT_PARTS: usize = 2_000;
/// Characters of one cell.
pub const IMPORT_CELL_CHARS: usize = 5_000;
/// Rows of an import in one transaction.
pub const IMPORT_ROWS_PER_COMMIT: usize = 500;
/// Rows of an upload shown before the mapping is chosen.
pub const IMPORT_SAMPLE_ROWS: usize = 10;
/// Reports that go out by e-mail.
pub const REPORT_SCHEDULES: u64 = 200;
/// Recipients of one of them.
pub const REPORT_RECIPIENTS: usize = 20;
/// Reports sent in one round.
pub const REPORT_RUNS_PER_ROUND: u64 = 50;
/// Rejected rows of a file of numbers for the do-not-call list that are shown; the
/// others are counted.
pub const DO_NOT_CALL_REJECTS_SHOWN: usize = 500;
/// Parts of the day that a campaign tells apart.
pub const DAY_PARTS: usize = 8;
/// Attempts of one lead that its rules and its history look at.
pub const ATTEMPTS_PER_LEAD: u64 = 200;
