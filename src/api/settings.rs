//! What the rooms need to know of the centre: its country, its time zone, its
//! folders. Read once from the configuration and given to handlers as an
//! extension.

use chrono_tz::Tz;
use secrecy::SecretString;
use std::path::PathBuf;

/// Settings of the centre. Cheap enough to clone; shared in an `Arc`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The country whose numbers are written without a prefix: an ISO 3166
    /// code, e.g. `CN`.
    pub home_country: String,
    /// The centre's time zone: days of reports and calling hours are in it.
    pub zone: Tz,
    /// Where the switch writes recordings, as Trunkline sees the folder.
    pub recordings_dir: PathBuf,
    /// Free space below which no new recording is started, in MiB.
    pub recordings_free_mib_min: u64,
    /// Where uploaded spreadsheets wait for their import.
    pub uploads_dir: PathBuf,
    /// The domain of the desk phones.
    pub sip_domain: String,
    /// The secret with which the switch asks for users and posts CDRs.
    pub switch_secret: SecretString,
    /// Whether the console is reached over HTTPS, so that cookies may say so.
    pub secure_cookies: bool,
}
