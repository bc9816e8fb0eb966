//! Values as a scenario file writes them.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};

/// A span of time, or a moment counted from the start of the run: `"20 ms"`, `"1.5 s"`, `"5 min"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Time(pub(super) Duration);

const UNITS: [(&str, u64); 5] =
    [("us", 1), ("ms", 1_000), ("s", 1_000_000), ("min", 60_000_000), ("h", 3_600_000_000)];

/// Nobody simulates longer than this: a hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3_600);

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let complain =
            || format!("{text:?} is no time: write a number and one of us, ms, s, min, h, as in \"20 ms\"");
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit.trim()).ok_or_else(complain)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let mut micros = u128::from(whole.parse::<u64>().map_err(|_| complain())?) * u128::from(*scale);
        if !fraction.is_empty() {
            let tenths = fraction.parse::<u64>().map_err(|_| complain())?;
            let power = u32::try_from(fraction.len())
                .ok()
                .and_then(|n| 10_u128.checked_pow(n))
                .ok_or_else(complain)?;
            micros += u128::from(tenths) * u128::from(*scale) / power;
        }
        let time = Duration::from_micros(u64::try_from(micros).map_err(|_| complain())?);
        if time > LONGEST { Err(format!("{text:?} is longer than a hundred years")) } else { Ok(Self(time)) }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time with its unit, as in \"20 ms\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                Time::try_from(String::from(text)).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Result<Duration, String> {
        Time::try_from(String::from(text)).map(|time| time.0)
    }

    #[test]
    fn times_have_a_number_and_a_unit() {
        for (text, micros) in
            [("20 ms", 20_000), ("1.5s", 1_500_000), ("0 s", 0), ("2 min", 120_000_000), ("7us", 7)]
        {
            assert_eq!(time(text), Ok(Duration::from_micros(micros)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_says_how_to_write_one() {
        for text in ["", "5", "ms", "-1 s", "1.2.3 s", "1e3 s", "9 days", "1. 5 s", "99999999999999999999 s"]
        {
            let complaint = time(text).unwrap_err();
            assert!(complaint.contains("as in"), "{text}: {complaint}");
        }
        assert!(time("999999999 h").unwrap_err().contains("hundred years"));
    }
}
