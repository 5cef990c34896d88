//! Reads the length of a RIFF/WAVE file from its header: pure.
//!
//! In: the first bytes of the file and its size. Out: milliseconds. A switch
//! that was killed leaves a header whose sizes are 0 or wrong, so the size of
//! the file decides, not the header's.

/// How many bytes at the beginning are enough for [`duration_ms`].
pub const HEADER_BYTES: usize = 4_096;

/// The length in milliseconds; `None` when it is no WAVE file of constant rate.
pub fn duration_ms(head: &[u8], file_bytes: u64) -> Option<i64> {
    if head.get(..4)? != b"RIFF" || head.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut at = 12;
    let mut bytes_per_second = 0;
    loop {
        let kind = head.get(at..at + 4)?;
        let size = u32_at(head, at + 4)?;
        let content = at + 8;
        match kind {
            b"fmt " => bytes_per_second = u64::from(u32_at(head, content + 8)?),
            b"data" if bytes_per_second > 0 => {
                let present = file_bytes.saturating_sub(content as u64);
                let declared = u64::from(size);
                let data = if declared == 0 { present } else { declared.min(present) };
                return i64::try_from(data * 1_000 / bytes_per_second).ok();
            }
            _ => {}
        }
        // Chunks begin at even offsets.
        at = content.checked_add(size as usize)?.checked_add(size as usize & 1)?;
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 8 kHz, stereo, 16 bits: 32,000 bytes a second.
    fn head(data_size: u32, with_list: bool) -> Vec<u8> {
        let mut wav =
            b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0".to_vec();
        if with_list {
            wav.extend(b"LIST\x03\0\0\0abc\0");
        }
        wav.extend(b"data");
        wav.extend(data_size.to_le_bytes());
        wav
    }

    #[test]
    fn the_length_follows_from_header_and_size() {
        for with_list in [false, true] {
            let header = head(64_000, with_list);
            assert_eq!(duration_ms(&header, header.len() as u64 + 64_000), Some(2_000));
        }
    }

    #[test]
    fn a_header_that_was_never_finished_is_not_believed() {
        let header = head(0, false);
        assert_eq!(duration_ms(&header, header.len() as u64 + 16_000), Some(500));
        let cut = head(64_000, false);
        assert_eq!(duration_ms(&cut, cut.len() as u64 + 32_000), Some(1_000));
        let endless = head(u32::MAX, false);
        assert_eq!(duration_ms(&endless, endless.len() as u64 + 32_000), Some(1_000));
    }

    #[test]
    fn what_is_no_wave_file_has_no_length() {
        assert_eq!(duration_ms(b"", 0), None);
        assert_eq!(duration_ms(b"RIFF\0\0\0\0AVI LIST", 100), None);
        let broken = b"RIFF\0\0\0\0WAVEjunk\xff\xff\xff\xff";
        assert_eq!(duration_ms(broken, 100), None);
        let no_format = b"RIFF\0\0\0\0WAVEdata\x10\0\0\0";
        assert_eq!(duration_ms(no_format, 100), None);
    }
}
