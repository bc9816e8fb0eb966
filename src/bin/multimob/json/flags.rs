//! Flags as letters. A bit without a letter is shown as its value, `"0x0008"`, so that none is lost.

use serde_json::Value;

use super::read::{At, Fault};

/// The letter of each bit, in the order in which they are shown.
pub(crate) type Letters = [(&'static str, u16)];

pub(crate) fn write(bits: u16, letters: &Letters) -> Value {
    let mut left = bits;
    let mut shown = Vec::new();
    for &(letter, bit) in letters {
        if left & bit != 0 {
            shown.push(Value::from(letter));
            left &= !bit;
        }
    }
    let single = (0..u16::BITS).rev().map(|at| 1_u16 << at).filter(|bit| left & bit != 0);
    shown.extend(single.map(|bit| Value::from(format!("{bit:#06x}"))));
    Value::Array(shown)
}

/// All bits of an array of letters and values, none of them above `all`.
pub(crate) fn read(at: &At<'_>, letters: &Letters, all: u16) -> Result<u16, Fault> {
    let bits = at.each(|at| {
        let text = at.text()?;
        if let Some(&(_, bit)) = letters.iter().find(|(letter, _)| *letter == text) {
            return Ok(bit);
        }
        let digits = text.strip_prefix("0x").and_then(|digits| u16::from_str_radix(digits, 16).ok());
        digits.filter(|bits| bits & !all == 0).ok_or_else(|| {
            let names: Vec<&str> = letters.iter().map(|(letter, _)| *letter).collect();
            at.fault(format_args!(
                "{text:?}; one of {} or bits up to \"{all:#06x}\" is wanted",
                names.join(", ")
            ))
        })
    })?;
    Ok(bits.into_iter().fold(0, |all, bit| all | bit))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LETTERS: &Letters = &[("A", 0x8000), ("P", 0x0200)];

    #[test]
    fn no_bit_is_lost() {
        for bits in [0, 0x8200, 0xffff, 0x0005] {
            let shown = write(bits, LETTERS);
            assert_eq!(read(&At::root(&shown), LETTERS, u16::MAX).unwrap(), bits, "{shown}");
        }
        assert_eq!(write(0x8204, LETTERS), json!(["A", "P", "0x0004"]));
    }

    #[test]
    fn a_letter_without_a_bit_is_refused() {
        let said = |flags: Value| read(&At::root(&flags), LETTERS, 0xff).unwrap_err().to_string();
        assert_eq!(said(json!(["A", "C"])), "$[1]: \"C\"; one of A, P or bits up to \"0x00ff\" is wanted");
        assert!(said(json!(["0x0100"])).starts_with("$[0]"));
    }
}
