//! Measures what an .xlsx file (a zip) unpacks to, before calamine unpacks it.
//!
//! In: the bytes of the upload. Out: nothing, or a refusal. The sizes that the
//! zip declares are checked first; then every part is unpacked once into
//! nowhere, and given up as soon as it is larger than allowed, because the
//! declared sizes may lie.

use crate::base::limits;
use crate::customers::import::sheet::SheetRefused;
use std::io::{Cursor, Read};

/// The bounds for one file, in bytes and in parts.
#[derive(Debug, Clone, Copy)]
pub struct UnpackLimits {
    /// All parts together.
    pub total_bytes: u64,
    /// Any part that is not a worksheet.
    pub part_bytes: u64,
    /// How many parts.
    pub parts: usize,
}

impl UnpackLimits {
    /// The limits of the product.
    pub const STANDARD: Self = Self {
        total_bytes: limits::IMPORT_UNPACKED_BYTES,
        part_bytes: limits::IMPORT_PART_BYTES,
        parts: limits::IMPORT_PARTS,
    };
}

/// Says no to a file that is not a zip with a workbook in it, or that unpacks
/// to more than allowed.
pub fn check(bytes: &[u8], allowed: UnpackLimits) -> Result<(), SheetRefused> {
    let broken = |_| SheetRefused::Broken;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > allowed.parts {
        return Err(SheetRefused::TooManyParts);
    }
    let mut declared: u64 = 0;
    let mut is_workbook = false;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(broken)?;
        is_workbook |= part.name().map_err(broken)? == "xl/workbook.xml";
        declared = declared.saturating_add(part.size());
        if declared > allowed.total_bytes {
            return Err(SheetRefused::Bomb);
        }
    }
    if !is_workbook {
        return Err(SheetRefused::NotASpreadsheet);
    }
    let mut left = allowed.total_bytes;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(broken)?;
        let is_worksheet = part.name().map_err(broken)?.starts_with("xl/worksheets/");
        let most = if is_worksheet { left } else { left.min(allowed.part_bytes) };
        left -= unpacked_bytes(part, most)?;
    }
    Ok(())
}

/// How many bytes come out of a part; reads at most one byte more than `most`.
fn unpacked_bytes(part: impl Read, most: u64) -> Result<u64, SheetRefused> {
    let mut bounded = part.take(most.saturating_add(1));
    let unpacked = std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|_| SheetRefused::Broken)?;
    if unpacked > most { Err(SheetRefused::Bomb) } else { Ok(unpacked) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const SMALL: UnpackLimits = UnpackLimits { total_bytes: 1_000_000, part_bytes: 100_000, parts: 3 };

    fn zip_of(parts: &[(&str, usize)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![b' '; *bytes]).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Overwrites the declared unpacked size of every part, as an attacker would.
    fn lie_about_sizes(mut file: Vec<u8>) -> Vec<u8> {
        for (signature, size_at) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
            let mut at = 0;
            while let Some(found) = file[at..].windows(4).position(|w| w == signature) {
                at += found;
                file[at + size_at..at + size_at + 4].copy_from_slice(&10u32.to_le_bytes());
                at += 4;
            }
        }
        file
    }

    #[test]
    fn a_small_workbook_passes() {
        check(&zip_of(&[("xl/workbook.xml", 100), ("xl/worksheets/sheet1.xml", 900_000)]), SMALL).unwrap();
    }

    #[test]
    fn a_bomb_is_refused_by_its_declared_size() {
        let bomb = zip_of(&[("xl/workbook.xml", 100), ("xl/worksheets/sheet1.xml", 5_000_000)]);
        assert!(bomb.len() < 20_000, "packed small: {}", bomb.len());
        assert_eq!(check(&bomb, SMALL), Err(SheetRefused::Bomb));
    }

    #[test]
    fn a_bomb_that_lies_about_its_size_is_stopped_while_unpacking() {
        let bomb =
            lie_about_sizes(zip_of(&[("xl/workbook.xml", 100), ("xl/worksheets/sheet1.xml", 5_000_000)]));
        // The zip reader gives up at the declared size.
        assert_eq!(check(&bomb, SMALL), Err(SheetRefused::Broken));
        assert_eq!(unpacked_bytes(std::io::repeat(b' '), 1_000), Err(SheetRefused::Bomb));
        assert_eq!(unpacked_bytes(std::io::repeat(b' ').take(1_000), 1_000), Ok(1_000));
    }

    #[test]
    fn a_huge_table_of_texts_is_refused_though_the_whole_is_small_enough() {
        let file = zip_of(&[("xl/workbook.xml", 100), ("xl/sharedStrings.xml", 200_000)]);
        assert_eq!(check(&file, SMALL), Err(SheetRefused::Bomb));
    }

    #[test]
    fn a_zip_that_is_no_workbook_or_has_too_many_parts_is_refused() {
        assert_eq!(check(&zip_of(&[("a.txt", 1)]), SMALL), Err(SheetRefused::NotASpreadsheet));
        let many = zip_of(&[("xl/workbook.xml", 1), ("b", 1), ("c", 1), ("d", 1)]);
        assert_eq!(check(&many, SMALL), Err(SheetRefused::TooManyParts));
        assert_eq!(check(b"PK\x03\x04 and then nothing", SMALL), Err(SheetRefused::Broken));
    }
}
