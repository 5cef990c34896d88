//! The files of recordings.
//!
//! In: the path under which the switch wrote a file, and the folder in which we
//! see its recordings. Out: the path to read. The switch may see the folder under
//! another name (another machine, a container), and a path from outside must
//! never lead out of it.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use std::path::{Component, Path, PathBuf};

/// Characters of a call's id.
const CALL_CHARS: usize = 36;

/// How much of the end of a path names a recording: year, month, day, file.
const PARTS: usize = 4;

/// What the name of a recording tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The call.
    pub call: CallId,
    /// Whose voice alone it holds, and since when.
    pub voice: Option<(AgentId, Moment)>,
}

/// Where we find the file; `None` when the path could lead out of the folder.
pub fn locate(folder: &Path, switch_path: &str) -> Option<PathBuf> {
    let path = Path::new(switch_path);
    if path.components().any(|part| part == Component::ParentDir) {
        return None;
    }
    let relative = match path.strip_prefix(folder) {
        Ok(relative) => relative.to_path_buf(),
        Err(_) => {
            let parts: Vec<_> =
                path.components().filter(|part| matches!(part, Component::Normal(_))).collect();
            parts[parts.len().saturating_sub(PARTS)..].iter().collect()
        }
    };
    (relative.file_name().is_some() && relative.is_relative()).then(|| folder.join(relative))
}

/// The recordings in a folder of a day, with what their names tell. A folder that
/// is not there has none.
pub fn recordings_in(folder: &Path) -> std::io::Result<Vec<(Named, String)>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if let (Some(named), Some(path)) = (named(&path), path.to_str()) {
            found.push((named, path.to_owned()));
        }
    }
    Ok(found)
}

/// A recording is named `CALL-SECRET.wav`, that of a supervisor's voice
/// `CALL-SECRET-SUPERVISOR-MILLISECONDS.wav` (see `switch::encode::recording_path`
/// and `voice_path`).
pub fn named(path: &Path) -> Option<Named> {
    let name = path.file_name()?.to_str()?.strip_suffix(".wav")?;
    let call = name.get(..CALL_CHARS)?.parse().ok()?;
    let mut more = name[CALL_CHARS..].split('-').skip(2);
    let voice = more.next().zip(more.next()).and_then(|(supervisor, since)| {
        Some((AgentId(supervisor.parse().ok()?), Moment(since.parse().ok()?)))
    });
    Some(Named { call, voice })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(path: &str) -> Option<String> {
        locate(Path::new("/srv/recordings"), path).map(|path| path.display().to_string())
    }

    #[test]
    fn a_file_is_found_wherever_the_switch_sees_the_folder() {
        let expected = Some("/srv/recordings/2026/11/23/a.wav".to_owned());
        assert_eq!(located("/srv/recordings/2026/11/23/a.wav"), expected);
        assert_eq!(located("/var/lib/freeswitch/recordings/2026/11/23/a.wav"), expected);
        assert_eq!(located("a.wav"), Some("/srv/recordings/a.wav".to_owned()));
    }

    #[test]
    fn a_file_is_told_by_the_call_that_names_it() {
        let call = "00000000-0000-0000-0000-000000000005";
        let of = |name: &str| named(Path::new(name)).map(|named| (named.call.to_string(), named.voice));
        assert_eq!(of(&format!("/rec/2026/11/23/{call}-5ec2e7.wav")), Some((call.to_owned(), None)));
        let voice = Some((AgentId(7), Moment(1_795_419_968_730)));
        let path = format!("/rec/2026/11/23/{call}-5ec2e7-7-1795419968730.wav");
        assert_eq!(of(&path), Some((call.to_owned(), voice)));
        for other in ["/rec/notes.txt", "/rec/a.wav", "/rec", &format!("/rec/{call}.mp3")] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        assert_eq!(located("/srv/recordings/../../etc/passwd"), None);
        assert_eq!(located("../a.wav"), None);
        assert_eq!(located("/"), None);
        assert_eq!(located(""), None);
    }
}
