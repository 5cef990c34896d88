//! G.711 to linear samples, as ITU-T G.711 defines both laws: pure.
//!
//! In: octets as they travel in RTP. Out: 16-bit samples. The way back is there
//! for trials of what a line does to a sound.

/// A-law to linear.
pub fn from_a_law(octet: u8) -> i16 {
    let bits = octet ^ 0x55;
    let mantissa = i16::from(bits & 0x0F) << 4;
    let magnitude = match (bits >> 4) & 7 {
        0 => mantissa + 8,
        exponent => (mantissa + 0x108) << (exponent - 1),
    };
    if bits & 0x80 == 0 { -magnitude } else { magnitude }
}

/// Mu-law to linear.
pub fn from_mu_law(octet: u8) -> i16 {
    let bits = !octet;
    let magnitude = (((i32::from(bits & 0x0F) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
    let magnitude = i16::try_from(magnitude).unwrap_or(i16::MAX);
    if bits & 0x80 == 0 { magnitude } else { -magnitude }
}

/// Linear to A-law.
pub fn to_a_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = (if sample < 0 { !sample } else { sample }) >> 4;
    let bits = match magnitude {
        0..16 => magnitude,
        _ => {
            let exponent = i16::try_from(12 - magnitude.leading_zeros()).unwrap_or(7);
            (exponent << 4) | ((magnitude >> (exponent - 1)) & 0x0F)
        }
    };
    (u8::try_from(bits).unwrap_or(0x7F) | sign) ^ 0x55
}

/// Linear to mu-law.
pub fn to_mu_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(32_635) + 0x84;
    let exponent = (24 - magnitude.leading_zeros()).min(7);
    let mantissa = (magnitude >> (exponent + 3)) & 0x0F;
    !(sign | u8::try_from(exponent << 4).unwrap_or(0x70) | u8::try_from(mantissa).unwrap_or(0x0F))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_octets_of_the_recommendation() {
        assert_eq!([0xD5, 0x55, 0xAA, 0x2A].map(from_a_law), [8, -8, 32_256, -32_256]);
        assert_eq!([0xFF, 0x7F, 0x80, 0x00].map(from_mu_law), [0, 0, 32_124, -32_124]);
    }

    #[test]
    fn every_octet_comes_back() {
        for octet in 0..=255 {
            assert_eq!(to_a_law(from_a_law(octet)), octet, "A-law {octet:#x}");
            // Mu-law has two zeros.
            if octet != 0x7F {
                assert_eq!(to_mu_law(from_mu_law(octet)), octet, "mu-law {octet:#x}");
            }
        }
    }
}
