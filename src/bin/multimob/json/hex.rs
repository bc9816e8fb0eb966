//! Octets as text.

use core::fmt::{self, Write};

pub(crate) fn text(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len().saturating_mul(2)), |mut text, octet| {
        // A String takes whatever is written.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

/// Why text is no octets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unlike {
    /// The digit and where it stands, from 1.
    Digit(char, usize),
    /// How many digits there are.
    Odd(usize),
}

impl fmt::Display for Unlike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digit(digit, at) => write!(f, "{digit:?} at position {at} is no hexadecimal digit"),
            Self::Odd(digits) => write!(f, "{digits} hexadecimal digits: octets have two each"),
        }
    }
}

/// Octets from hexadecimal digits; white space and colons between them are passed over.
pub(crate) fn read(text: &str) -> Result<Vec<u8>, Unlike> {
    let mut octets = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for (at, c) in text.chars().enumerate().filter(|(_, c)| !c.is_ascii_whitespace() && *c != ':') {
        let digit = c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let digit = digit.ok_or(Unlike::Digit(c, at.saturating_add(1)))?;
        match high.take() {
            None => high = Some(digit),
            Some(high) => octets.push(high << 4 | digit),
        }
    }
    match high {
        None => Ok(octets),
        Some(_) => Err(Unlike::Odd(octets.len().saturating_mul(2).saturating_add(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_colons_and_lines_are_passed_over() {
        assert_eq!(read("3b:0F 05\n00\t"), Ok(vec![0x3b, 0x0f, 5, 0]));
        assert_eq!(read(" "), Ok(vec![]));
        assert_eq!(text(&[0x3b, 0x0f, 5, 0]), "3b0f0500");
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert_eq!(read("3b 0"), Err(Unlike::Odd(3)));
        assert_eq!(read("3b é"), Err(Unlike::Digit('é', 4)));
    }
}
