//! Whether there is room on the disk for more recordings.
//!
//! In: the folder, looked at again and again. Out: [`RecordingSpace`] whenever
//! the floor and the consoles must know; gauges. A disk that is full must not
//! take the calls with it, so new recordings stop before it is.

use crate::floor::input::RecordingSpace;
use std::path::Path;

const MIB: u64 = 1024 * 1024;

/// Looks after one disk.
#[derive(Debug)]
pub struct SpaceWatch {
    min_mib: u64,
    told: Option<RecordingSpace>,
}

impl SpaceWatch {
    /// Recordings stop while less than this is free, in MiB.
    pub fn new(min_mib: u64) -> Self {
        Self { min_mib, told: None }
    }

    /// Looks at the folder's disk; what must be told, if anything.
    pub fn look(&mut self, folder: &Path) -> std::io::Result<Option<RecordingSpace>> {
        let free = free_bytes(folder)?;
        let news = self.found(free / MIB);
        let enough = self.told.is_none_or(|told| told.enough);
        metrics::gauge!("recordings_free_bytes").set(free as f64);
        metrics::gauge!("recordings_stopped").set(f64::from(u8::from(!enough)));
        if let Some(RecordingSpace { enough, free_mib, min_mib }) = news {
            if enough {
                tracing::info!(free_mib, min_mib, "the recordings' disk has room for new recordings");
            } else {
                tracing::warn!(free_mib, min_mib, "the recordings' disk has no room for new recordings");
            }
        }
        Ok(news)
    }

    /// Recordings begin again when a tenth more than the limit is free, so that
    /// a disk at the limit does not make them come and go.
    fn found(&mut self, free_mib: u64) -> Option<RecordingSpace> {
        let stopped = self.told.is_some_and(|told| !told.enough);
        let wanted = if stopped { self.min_mib + self.min_mib / 10 } else { self.min_mib };
        let found = RecordingSpace { enough: free_mib >= wanted, free_mib, min_mib: self.min_mib };
        let known = self.told.is_some_and(|told| told.enough && found.enough || told == found);
        (!known).then(|| *self.told.insert(found))
    }
}

/// What a program without special rights may still write there, in bytes.
fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_stop_below_the_limit_and_come_back_a_little_above_it() {
        let mut watch = SpaceWatch::new(1_000);
        let mut look = |free_mib| watch.found(free_mib).map(|space| space.enough);
        assert_eq!(look(5_000), Some(true), "the first look is told");
        assert_eq!(look(1_000), None);
        assert_eq!(look(999), Some(false));
        assert_eq!(look(999), None, "the same is told once");
        assert_eq!(look(500), Some(false), "how little is left is news");
        assert_eq!(look(1_050), Some(false));
        assert_eq!(look(1_100), Some(true));
        assert_eq!(look(999), Some(false));
    }

    #[test]
    fn a_disk_is_measured_and_a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(free_bytes(folder.path()).expect("measured") > 0);
        let news = SpaceWatch::new(u64::MAX / 2).look(folder.path()).expect("measured");
        assert!(news.is_some_and(|space| !space.enough));
        assert!(free_bytes(&folder.path().join("none")).is_err());
    }
}
