//! The files of recordings.
//!
//! In: the path under which the switch wrote a file, and the folder in which we
//! see its recordings. Out: the path to read. The switch may see the folder under
//! another name (another machine, a container), and a path from outside must
//! never lead out of it.

use std::path::{Component, Path, PathBuf};

/// How much of the end of a path names a recording: year, month, day, file.
const PARTS: usize = 4;

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
    fn no_path_leads_out_of_the_folder() {
        assert_eq!(located("/srv/recordings/../../etc/passwd"), None);
        assert_eq!(located("../a.wav"), None);
        assert_eq!(located("/"), None);
        assert_eq!(located(""), None);
    }
}
