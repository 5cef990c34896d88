//! Reads clips from folders.
//!
//! In: `CARRIER/MEANING/NAME.wav` below a folder. Out: the library, or the file
//! that cannot be taken and why.

use crate::ear::clip::{BYTES_MAX, read_wav};
use crate::ear::library::CLIPS;
use crate::ear::{Clip, Library, Meaning};
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// A clip that was read.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its folder and name.
    pub clip: Clip,
    /// 8 kHz.
    pub samples: Vec<i16>,
}

/// All clips below a folder, in the order of their paths. A folder that is not
/// there has none.
pub fn clips_in(folder: &Path) -> anyhow::Result<Vec<Recorded>> {
    let files = wav_files(folder)?;
    if files.len() > CLIPS {
        bail!("{} holds {} clips, {CLIPS} at most are taken", folder.display(), files.len());
    }
    files.iter().map(|file| clip(folder, file)).collect()
}

/// The library of these clips.
pub fn library(clips: &[Recorded]) -> anyhow::Result<Library> {
    let mut library = Library::default();
    for recorded in clips {
        let clip = recorded.clip.clone();
        let name = format!("{}/{}/{}", clip.carrier, clip.meaning.word(), clip.name);
        library.add(clip, &recorded.samples).with_context(|| format!("{name} cannot be a reference"))?;
    }
    Ok(library)
}

/// The samples of one file.
pub fn samples(file: &Path) -> anyhow::Result<Vec<i16>> {
    let bytes = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    if bytes > BYTES_MAX as u64 {
        bail!("{} is larger than {BYTES_MAX} bytes", file.display());
    }
    let wav = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    read_wav(&wav).with_context(|| format!("{} cannot be taken", file.display()))
}

/// Every WAV file below a folder, sorted.
pub fn wav_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            files.extend(wav_files(&path)?);
        } else if path.extension().is_some_and(|kind| kind == "wav") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn clip(folder: &Path, file: &Path) -> anyhow::Result<Recorded> {
    let parts: Vec<&str> =
        file.strip_prefix(folder)?.iter().map(|part| part.to_str().unwrap_or_default()).collect();
    let [carrier, meaning, name] = parts[..] else {
        bail!("{} is not at CARRIER/MEANING/NAME.wav below {}", file.display(), folder.display());
    };
    let Some(meaning) = Meaning::of_word(meaning) else {
        let words = Meaning::ALL.map(Meaning::word).join(", ");
        bail!("{}: {meaning} is no meaning; there are: {words}", file.display());
    };
    let name = name.trim_end_matches(".wav").to_owned();
    let clip = Clip { carrier: carrier.to_owned(), meaning, name };
    Ok(Recorded { clip, samples: samples(file)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::clip::write_wav;
    use crate::ear::trial::signal;
    use crate::ear::trial::voice::{Voice, words};

    fn put(folder: &Path, at: &str, samples: &[i16]) {
        let file = folder.join(at);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, write_wav(samples).expect("memory")).expect("a file");
    }

    #[test]
    fn clips_are_read_from_their_folders() {
        let folder = tempfile::tempdir().expect("a folder");
        let voice = signal::samples(&Voice::of_seed(1).say(&words(1, 15)));
        put(folder.path(), "mobile/switched_off/new.wav", &voice);
        put(folder.path(), "mobile/busy/old.wav", &voice);
        let clips = clips_in(folder.path()).expect("clips");
        let read: Vec<_> = clips.iter().map(|c| (c.clip.meaning, c.clip.name.as_str())).collect();
        assert_eq!(read, [(Meaning::Busy, "old"), (Meaning::SwitchedOff, "new")]);
        assert_eq!(library(&clips).expect("good clips").len(), 2);
        assert!(clips_in(&folder.path().join("missing")).expect("none").is_empty());
    }

    #[test]
    fn what_is_wrong_names_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        put(folder.path(), "mobile/asleep/one.wav", &[0; 800]);
        let problem = clips_in(folder.path()).expect_err("no meaning").to_string();
        assert!(problem.contains("one.wav") && problem.contains("switched_off"), "{problem}");
        let silent = tempfile::tempdir().expect("a folder");
        put(silent.path(), "mobile/busy/one.wav", &[0; 32_000]);
        let clips = clips_in(silent.path()).expect("it can be read");
        let problem = library(&clips).expect_err("nothing in it").to_string();
        assert!(problem.contains("mobile/busy/one"), "{problem}");
    }
}
