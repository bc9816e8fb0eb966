//! Traffic selectors (RFC 6088): which packets belong to a flow, as they go from the correspondent to the mobile node.

use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::fields::{Body, Cursor, Part, Source, Value, Visit};
use crate::wire::out::Slice;
use crate::wire::{Addr, Out};
use core::net::Ipv4Addr;

code! {
    /// Format of a traffic selector (RFC 6088 3).
    SelectorFormat(u8) {
        /// IPv4 binary traffic selector.
        IPV4 = 1,
        /// IPv6 binary traffic selector.
        IPV6 = 2,
    }
}

/// A traffic selector: sub-option 3 of RFC 6089 4.2.1.4.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum TrafficSelector<'a> {
    /// Format 1 (RFC 6088 3.1).
    Ipv4(Ipv4Selector),
    /// Format 2 (RFC 6088 3.2).
    Ipv6(Ipv6Selector),
    /// Any other format, as it came; made by [`TrafficSelector::other`].
    Other(OtherSelector<'a>),
}

/// A traffic selector of a format that this crate does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherSelector<'a> {
    format: SelectorFormat,
    octets: &'a [u8],
}

impl<'a> OtherSelector<'a> {
    /// Format.
    #[must_use]
    pub const fn format(&self) -> SelectorFormat {
        self.format
    }

    /// The selector.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }
}

/// The values from `start` to `end`, both of them among them; without an end `start` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<T> {
    /// The first value.
    pub start: T,
    /// The last value.
    pub end: Option<T>,
}

impl<T> From<T> for Range<T> {
    fn from(start: T) -> Self {
        Self { start, end: None }
    }
}

/// Declares a selector by its ranges: the name of each, and that of its end. A word of flags says which of the starts and
/// ends are there, the first by its highest bit.
macro_rules! selector {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$field_doc:meta])* $start:ident $end:ident: $type:ty,)* }
    ) => {
        $(#[$doc])*
        ///
        /// A packet belongs to it when each field that is there matches.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_doc])* pub $start: Option<Range<$type>>,)*
        }

        impl Body<'_> for $name {
            fn read(mut from: Cursor<'_, '_>) -> Result<Self, DecodeError> {
                let mut flags = Flags::read(&mut from)?;
                let body = Self { $($start: flags.range::<$type>(&mut from)?,)* };
                from.judge_end()?;
                Ok(body)
            }

            fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
                let mut flags = Shaped::default();
                $(flags.add(self.$start.is_some(), self.$start.is_some_and(|range| range.end.is_some()));)*
                out.put(&flags.word.to_be_bytes());
                $(
                    if let Some(Range { start, end }) = &self.$start {
                        <$type>::write(start, out)?;
                        end.as_ref().map_or(Ok(()), |end| <$type>::write(end, out))?;
                    }
                )*
                Ok(())
            }

            fn show(&self, visit: &mut Visit<'_>) {
                $(
                    if let Some(Range { start, end }) = &self.$start {
                        let ends = [(stringify!($start), Some(start)), (stringify!($end), end.as_ref())];
                        for (name, value) in ends {
                            if let Some(value) = value.and_then(<$type>::show) {
                                visit(name, value);
                            }
                        }
                    }
                )*
            }

            fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
                let mut flags = Shaped::default();
                let mut octets = [0; 4 * 16 + 4 * 4 + 4 * 2 + 4];
                let mut fields = Slice::new(&mut octets);
                $(
                    let has_start = from.has(stringify!($start));
                    let has_end = has_start && from.has(stringify!($end));
                    flags.add(has_start, has_end);
                    if has_start {
                        <$type>::build(stringify!($start), from, &mut fields)?;
                    }
                    if has_end {
                        <$type>::build(stringify!($end), from, &mut fields)?;
                    }
                )*
                let len = fields.written();
                out.put(&flags.word.to_be_bytes());
                out.bytes(octets.get(..len).unwrap_or_default());
                Ok(())
            }
        }
    };
}

selector! {
    /// IPv4 binary traffic selector (RFC 6088 3.1).
    Ipv4Selector {
        /// Source address.
        source source_end: Ipv4Addr,
        /// Destination address.
        destination destination_end: Ipv4Addr,
        /// IPsec Security Parameter Index.
        spi spi_end: u32,
        /// Source port.
        source_port source_port_end: u16,
        /// Destination port.
        destination_port destination_port_end: u16,
        /// Differentiated Services field.
        ds ds_end: u8,
        /// Protocol.
        protocol protocol_end: u8,
    }
}

selector! {
    /// IPv6 binary traffic selector (RFC 6088 3.2).
    Ipv6Selector {
        /// Source address.
        source source_end: Addr,
        /// Destination address; a group, where it is a flow of multicast.
        destination destination_end: Addr,
        /// IPsec Security Parameter Index.
        spi spi_end: u32,
        /// Flow label; its upper 12 bits are zero.
        flow_label flow_label_end: u32,
        /// Source port.
        source_port source_port_end: u16,
        /// Destination port.
        destination_port destination_port_end: u16,
        /// Traffic class.
        traffic_class traffic_class_end: u8,
        /// Next header.
        next_header next_header_end: u8,
    }
}

/// The flags of a selector that is read, two for each range.
struct Flags<'a, 'd> {
    left: u32,
    word: Cursor<'a, 'd>,
}

impl<'a, 'd> Flags<'a, 'd> {
    fn read(from: &mut Cursor<'a, 'd>) -> Result<Self, DecodeError> {
        let word = *from;
        Ok(Self { left: u32::from_be_bytes(*from.take()?), word })
    }

    /// The next range.
    fn range<T: Part<'a, Value = T>>(
        &mut self,
        from: &mut Cursor<'a, '_>,
    ) -> Result<Option<Range<T>>, DecodeError> {
        let pair = self.left >> 30;
        self.left <<= 2;
        Ok(match pair {
            0b00 => None,
            0b10 => Some(Range { start: T::read(from)?, end: None }),
            0b11 => Some(Range { start: T::read(from)?, end: Some(T::read(from)?) }),
            // An end stands behind a start only.
            _ => return Err(self.word.fault(Field::PresenceVector, 0b11, 0b01)),
        })
    }
}

/// The flags of a selector that is written.
#[derive(Default)]
struct Shaped {
    word: u32,
    ranges: u32,
}

impl Shaped {
    /// Whether the next range has a start and an end.
    fn add(&mut self, start: bool, end: bool) {
        let pair = u32::from(start) << 31 | u32::from(end) << 30;
        self.word |= pair.checked_shr(self.ranges.saturating_mul(2)).unwrap_or(0);
        self.ranges = self.ranges.saturating_add(1);
    }
}

impl<'a> TrafficSelector<'a> {
    /// The selector of this format with these octets.
    ///
    /// # Errors
    /// The format is known and the octets are none of it.
    pub fn other(format: SelectorFormat, octets: &'a [u8]) -> Result<Self, DecodeError> {
        Self::of(format, Cursor::of_option(octets, &crate::wire::Dialect::DEFAULT))
    }

    pub(super) fn of(format: SelectorFormat, from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        match format {
            SelectorFormat::IPV4 => Ipv4Selector::read(from).map(Self::Ipv4),
            SelectorFormat::IPV6 => Ipv6Selector::read(from).map(Self::Ipv6),
            _ => Ok(Self::Other(OtherSelector { format, octets: from.rest })),
        }
    }

    /// Format.
    #[must_use]
    pub const fn format(&self) -> SelectorFormat {
        match self {
            Self::Ipv4(_) => SelectorFormat::IPV4,
            Self::Ipv6(_) => SelectorFormat::IPV6,
            Self::Other(other) => other.format,
        }
    }

    /// By the widest field (RFC 6088 3.1, 3.2), from the type of the sub-option on.
    pub(super) const fn alignment(&self) -> (usize, usize) {
        match self {
            Self::Ipv4(s) if s.source.is_some() || s.destination.is_some() || s.spi.is_some() => (4, 0),
            Self::Ipv4(s) if s.source_port.is_some() || s.destination_port.is_some() => (2, 0),
            Self::Ipv6(s) if s.source.is_some() || s.destination.is_some() => (8, 0),
            Self::Ipv6(s) if s.spi.is_some() || s.flow_label.is_some() => (4, 0),
            Self::Ipv6(s) if s.source_port.is_some() || s.destination_port.is_some() => (2, 0),
            _ => (1, 0),
        }
    }

    pub(super) fn write_fields(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        match self {
            Self::Ipv4(selector) => selector.write(out),
            Self::Ipv6(selector) => selector.write(out),
            Self::Other(other) => {
                out.bytes(other.octets);
                Ok(())
            }
        }
    }

    pub(super) fn build_fields<S: Source>(
        format: SelectorFormat,
        from: &mut S,
        out: &mut impl Out,
    ) -> Result<(), S::Error> {
        match format {
            SelectorFormat::IPV4 => Ipv4Selector::build(from, out),
            SelectorFormat::IPV6 => Ipv6Selector::build(from, out),
            _ => <&[u8] as Part<'_>>::build("octets", from, out),
        }
    }
}

impl SelectorFormat {
    pub(super) fn given<S: Source>(from: &mut S) -> Result<Self, S::Error> {
        let name_of = |code| u8::try_from(code).ok().and_then(|code| Self(code).name());
        let code = from.code("format", u8::MAX.into(), name_of)?;
        Ok(Self(u8::try_from(code).unwrap_or(u8::MAX)))
    }
}

/// Format, a reserved octet, and the selector.
impl<'a> Body<'a> for TrafficSelector<'a> {
    fn read(mut from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        let &[format, _] = from.take()?;
        Self::of(SelectorFormat(format), from)
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&[self.format().0, 0]);
        self.write_fields(out)
    }

    fn show(&self, visit: &mut Visit<'_>) {
        let format = self.format();
        visit("format", Value::Code(format.0.into(), format.name()));
        match self {
            Self::Ipv4(selector) => selector.show(visit),
            Self::Ipv6(selector) => selector.show(visit),
            Self::Other(other) => visit("octets", Value::Octets(other.octets)),
        }
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let format = SelectorFormat::given(from)?;
        out.put(&[format.0, 0]);
        Self::build_fields(format, from, out)
    }
}
