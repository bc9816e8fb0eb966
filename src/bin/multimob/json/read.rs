//! Reading values out of JSON: each knows where it stands, so that an error says where it is and what is allowed there.

use core::cell::RefCell;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;
use std::borrow::Cow;

use multimob::wire::Addr;
use multimob::wire::fields::Size;
use serde_json::{Map, Value};

use super::hex;

/// What is wrong with a value: its JSON path, and what is allowed there.
#[derive(Debug)]
pub(crate) struct Fault {
    path: String,
    what: String,
}

impl Fault {
    pub(crate) fn new(path: &str, what: impl fmt::Display) -> Self {
        Self { path: path.to_string(), what: what.to_string() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

/// A place in the JSON text, and the value there, if there is one.
pub(crate) struct At<'v> {
    value: Option<&'v Value>,
    path: String,
}

impl<'v> At<'v> {
    /// The whole of a line.
    pub(crate) fn root(value: &'v Value) -> Self {
        Self { value: Some(value), path: "$".to_string() }
    }

    pub(crate) const fn is_absent(&self) -> bool {
        self.value.is_none()
    }

    pub(crate) fn fault(&self, what: impl fmt::Display) -> Fault {
        Fault::new(&self.path, what)
    }

    /// An integer of as many bits as `T` has.
    pub(crate) fn int<T: TryFrom<u64>>(&self) -> Result<T, Fault> {
        let bits = u32::try_from(size_of::<T>().saturating_mul(8)).unwrap_or(u64::BITS);
        self.int_to(u64::MAX.checked_shr(u64::BITS.saturating_sub(bits)).unwrap_or(u64::MAX))
    }

    /// An integer from 0 to `max`.
    pub(crate) fn int_to<T: TryFrom<u64>>(&self, max: u64) -> Result<T, Fault> {
        let wanted = format_args!("an integer from 0 to {max}");
        let Some(found) = self.value.and_then(Value::as_u64).filter(|&found| found <= max) else {
            return Err(self.unlike(wanted));
        };
        T::try_from(found).map_err(|_| self.unlike(wanted))
    }

    /// An integer from `min` to `max`.
    pub(crate) fn signed(&self, min: i64, max: i64) -> Result<i64, Fault> {
        let found = self.value.and_then(Value::as_i64).filter(|found| (min..=max).contains(found));
        found.ok_or_else(|| self.unlike(format_args!("an integer from {min} to {max}")))
    }

    pub(crate) fn bool(&self) -> Result<bool, Fault> {
        self.value.and_then(Value::as_bool).ok_or_else(|| self.unlike("true or false"))
    }

    pub(crate) fn text(&self) -> Result<&'v str, Fault> {
        self.value.and_then(Value::as_str).ok_or_else(|| self.unlike("text"))
    }

    /// What a text stands for.
    pub(crate) fn parsed<T: FromStr>(&self, wanted: &str) -> Result<T, Fault> {
        let text = self.value.and_then(Value::as_str);
        text.and_then(|text| text.parse().ok()).ok_or_else(|| self.unlike(wanted))
    }

    pub(crate) fn ipv6(&self) -> Result<Ipv6Addr, Fault> {
        self.parsed("an IPv6 address as text")
    }

    pub(crate) fn ipv4(&self) -> Result<Ipv4Addr, Fault> {
        self.parsed("an IPv4 address as text")
    }

    /// An address of either family.
    pub(crate) fn ip(&self) -> Result<IpAddr, Fault> {
        self.parsed("an IPv6 or IPv4 address as text")
    }

    pub(crate) fn addr(&self) -> Result<Addr, Fault> {
        self.ipv6().map(Addr::from)
    }

    /// Octets as text of hexadecimal digits.
    pub(crate) fn octets(&self) -> Result<Vec<u8>, Fault> {
        match self.value.and_then(Value::as_str) {
            Some(text) => hex::read(text).map_err(|error| self.fault(error)),
            None => Err(self.unlike("octets as text of hexadecimal digits")),
        }
    }

    /// [`Self::octets`], as many as `size` says.
    pub(crate) fn octets_of(&self, size: Size) -> Result<Vec<u8>, Fault> {
        let octets = self.octets()?;
        match size {
            Size::Exactly(len) if octets.len() != len => {
                Err(self.fault(format_args!("{} octets; {len} are wanted", octets.len())))
            }
            Size::Times(unit) if !octets.len().is_multiple_of(unit) => {
                Err(self.fault(format_args!("{} octets; a multiple of {unit} is wanted", octets.len())))
            }
            _ => Ok(octets),
        }
    }

    /// [`Self::octets`], in words of `N`.
    pub(crate) fn words<const N: usize>(&self) -> Result<Vec<[u8; N]>, Fault> {
        self.octets_of(Size::Times(N)).map(|octets| octets.as_chunks().0.to_vec())
    }

    /// One of these words.
    pub(crate) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Result<T, Fault> {
        let text = self.value.and_then(Value::as_str);
        let found = choices.iter().find(|(name, _)| Some(*name) == text);
        let names = || choices.iter().map(|(name, _)| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        found.map(|&(_, value)| value).ok_or_else(|| self.unlike(format_args!("one of {}", names())))
    }

    /// The places in an array.
    pub(crate) fn list(&self) -> Result<impl Iterator<Item = Self> + use<'v>, Fault> {
        let Some(values) = self.value.and_then(Value::as_array) else {
            return Err(self.unlike("an array"));
        };
        let path = self.path.clone();
        let at = move |(index, value)| Self { value: Some(value), path: format!("{path}[{index}]") };
        Ok(values.iter().enumerate().map(at))
    }

    /// Reads every value of an array.
    pub(crate) fn each<T>(&self, read: impl Fn(&Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        self.list()?.map(|at| read(&at)).collect()
    }

    /// [`Self::each`], where leaving it out is the same as an empty array.
    pub(crate) fn each_if_any<T>(&self, read: impl Fn(&Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        if self.is_absent() { Ok(Vec::new()) } else { self.each(read) }
    }

    /// `read`, or `default` where there is nothing.
    pub(crate) fn or<T>(&self, default: T, read: impl FnOnce(&Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.is_absent() { Ok(default) } else { read(self) }
    }

    pub(crate) fn object(&self) -> Result<Object<'v>, Fault> {
        match self.value.and_then(Value::as_object) {
            Some(fields) => Ok(Object { fields, path: self.path.clone(), known: RefCell::default() }),
            None => Err(self.unlike("an object")),
        }
    }

    fn unlike(&self, wanted: impl fmt::Display) -> Fault {
        match self.value {
            None => self.fault(format_args!("missing; {wanted} is wanted")),
            Some(value) => {
                let mut found = value.to_string();
                if let Some((at, _)) = found.char_indices().nth(40) {
                    found.truncate(at);
                    found.push_str("...");
                }
                self.fault(format_args!("{found}; {wanted} is wanted"))
            }
        }
    }
}

/// An object that remembers what it was asked for: what is left in the end is a field that nobody knows.
pub(crate) struct Object<'v> {
    fields: &'v Map<String, Value>,
    path: String,
    known: RefCell<Vec<Cow<'static, str>>>,
}

impl<'v> Object<'v> {
    pub(crate) fn get(&self, name: impl Into<Cow<'static, str>>) -> At<'v> {
        let name = name.into();
        let at = At { value: self.fields.get(&*name), path: format!("{}.{name}", self.path) };
        self.known.borrow_mut().push(name);
        at
    }

    /// Fields that say in words what others say in numbers, or that are about a capture: not read.
    pub(crate) fn ignore(&self, names: &[&'static str]) {
        self.known.borrow_mut().extend(names.iter().map(|name| Cow::Borrowed(*name)));
    }

    /// A code of one octet, by its number or by its name; where both are given they must agree.
    pub(crate) fn code(
        &self,
        number: &'static str,
        name: &'static str,
        name_of: impl Fn(u8) -> Option<&'static str>,
    ) -> Result<u8, Fault> {
        let name_of = |code| u8::try_from(code).ok().and_then(&name_of);
        let code = self.code_to(number, name, u8::MAX.into(), name_of)?;
        u8::try_from(code).map_err(|_| self.fault("more than 8 bits"))
    }

    /// A code of at most `max`, by its number or by its name; where both are given they must agree.
    pub(crate) fn code_to(
        &self,
        number: &'static str,
        name: impl Into<Cow<'static, str>>,
        max: u64,
        name_of: impl Fn(u64) -> Option<&'static str>,
    ) -> Result<u64, Fault> {
        let (by_number, by_name) = (self.get(number), self.get(name));
        if by_name.is_absent() {
            return by_number.int_to(max);
        }
        let text = by_name.text()?;
        if by_number.is_absent() {
            let code = (0..=max).find(|&code| name_of(code) == Some(text));
            return code.ok_or_else(|| {
                let names: Vec<&str> = (0..=max).filter_map(&name_of).collect();
                by_name.fault(format_args!("{text:?}; one of {} is wanted, or {number}", names.join(", ")))
            });
        }
        let code = by_number.int_to(max)?;
        if name_of(code) == Some(text) {
            return Ok(code);
        }
        Err(by_name.fault(format_args!("{text:?} is not the name of {number} {code}")))
    }

    pub(crate) fn fault(&self, what: impl fmt::Display) -> Fault {
        Fault::new(&self.path, what)
    }

    /// Whether every field was asked for.
    pub(crate) fn finish(&self) -> Result<(), Fault> {
        let known = self.known.borrow();
        match self.fields.keys().find(|name| !known.iter().any(|known| *known == **name)) {
            None => Ok(()),
            Some(name) => Err(self.fault(format_args!("no field {name:?}; there is {}", known.join(", ")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said<T>(result: Result<T, Fault>) -> String {
        result.err().map(|fault| fault.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_error_says_where_it_is_and_what_is_allowed() {
        let value = json!({ "list": [1, { "deep": 256 }], "text": "abc", "hex": "0g", "word": "0102" });
        let object = At::root(&value).object().unwrap();
        let deep = object.get("list").list().unwrap().nth(1).unwrap().object().unwrap();
        assert_eq!(
            said(deep.get("deep").int::<u8>()),
            "$.list[1].deep: 256; an integer from 0 to 255 is wanted"
        );
        assert_eq!(deep.get("deep").int::<u16>().unwrap(), 256);
        assert_eq!(
            said(deep.get("more").int::<u64>()),
            format!("$.list[1].more: missing; an integer from 0 to {} is wanted", u64::MAX)
        );
        assert_eq!(said(object.get("text").bool()), "$.text: \"abc\"; true or false is wanted");
        assert_eq!(said(object.get("text").ipv6()), "$.text: \"abc\"; an IPv6 address as text is wanted");
        assert_eq!(
            said(object.get("text").choice(&[("x", 1), ("y", 2)])),
            "$.text: \"abc\"; one of \"x\", \"y\" is wanted"
        );
        assert_eq!(said(object.get("hex").octets()), "$.hex: 'g' at position 2 is no hexadecimal digit");
        assert_eq!(said(object.get("word").words::<4>()), "$.word: 2 octets; a multiple of 4 is wanted");
        assert_eq!(said(object.finish()), "");
    }

    #[test]
    fn a_field_that_nobody_knows_is_told() {
        let value = json!({ "sequence": 1, "seqence": 2 });
        let object = At::root(&value).object().unwrap();
        object.get("sequence");
        object.ignore(&["meaning"]);
        assert_eq!(said(object.finish()), "$: no field \"seqence\"; there is sequence, meaning");
    }

    #[test]
    fn a_long_value_is_shown_in_part() {
        let value = json!("é".repeat(100));
        let said = said(At::root(&value).bool());
        assert!(said.contains("...") && said.chars().count() < 80, "{said}");
    }
}
