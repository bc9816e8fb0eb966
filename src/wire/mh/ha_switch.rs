//! Home Agent Switch (RFC 5142 4).

use super::MobilityOption;
use super::option;
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::fields::{Source, Value, Visit};
use crate::wire::read::{Read, chunk, octets};
use crate::wire::{Dialect, List, Out};

/// Addresses that fit in the longest message.
const MOST: usize = 127;

/// Home Agent Switch (RFC 5142 4): a home agent sends its mobile node to another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HomeAgentSwitch<'a> {
    /// Other home agents, best first, at most 127: more do not fit in a message. None: the node has to discover one.
    pub addresses: &'a [[u8; 16]],
    /// The options; padding is not among them.
    pub options: List<'a, MobilityOption<'a>>,
}

impl<'a> HomeAgentSwitch<'a> {
    /// MH Type.
    pub const KIND: u8 = 12;

    /// Octets before the addresses, from Payload Proto on.
    pub(super) const ADDRESSES_AT: usize = 8;

    /// Reads what follows the checksum.
    pub(super) fn read(data: &'a [u8], dialect: &Dialect) -> Read<'a, Self> {
        let (rest, &[count, _reserved]) = chunk(Layer::MobilityHeader, Field::Header, data)?;
        let len = usize::from(count).saturating_mul(16);
        let (area, addresses) = octets(Layer::MobilityHeader, Field::Address, len, rest)?;
        let (addresses, _none) = addresses.as_chunks();
        let (rest, options) = option::list(area, dialect)?;
        Ok((rest, Self { addresses, options }))
    }

    /// Writes what follows the checksum, padding at the end included.
    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let Ok(count) = u8::try_from(self.addresses.len()) else {
            return Err(EncodeError::TooLong { field: Field::Address, max: MOST });
        };
        out.put(&[count, 0]);
        out.bytes(self.addresses.as_flattened());
        self.options.write(out)?;
        option::pad(out, 8, 0);
        Ok(())
    }

    /// Shows the addresses.
    pub(super) fn show(&self, visit: &mut Visit<'_>) {
        visit("addresses", Value::Addrs(self.addresses));
    }

    /// Writes what follows the checksum, up to the options, with the values of `from`.
    #[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a message keeps it"))]
    pub(super) fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        from.addrs("addresses", MOST, &mut |addresses| {
            out.put(&[u8::try_from(addresses.len()).unwrap_or(u8::MAX), 0]);
            out.bytes(addresses.as_flattened());
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::wire::mh::Message;
    use crate::wire::{Encode, Reaction};

    #[test]
    fn rfc5142_4_more_addresses_than_the_message_has_room_for_are_an_error() {
        let mut octets = [0x20; 24];
        octets[..8].copy_from_slice(&[59, 2, 12, 0, 0, 0, 1, 0]);
        let Ok(Message::HomeAgentSwitch(switch)) = Message::parse(&octets, &Dialect::DEFAULT) else {
            panic!()
        };
        assert_eq!((switch.addresses, switch.options.len()), (&[[0x20; 16]][..], 0));
        octets[6] = 2;
        let error = Message::parse(&octets, &Dialect::DEFAULT).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::Address, 8, 32, 16));
        assert_eq!(error.reaction(), Reaction::Drop);
    }

    #[test]
    fn more_addresses_than_a_message_can_have_are_not_written() {
        let addresses = [[1; 16]; 256];
        let encode = |most: usize| {
            let addresses = addresses.get(..most).unwrap();
            let switch = HomeAgentSwitch { addresses, options: List::default() };
            Message::from(switch).put(&mut std::vec::Vec::new())
        };
        assert_eq!(encode(127), Ok(2_040));
        assert_eq!(encode(128), Err(EncodeError::TooLong { field: Field::Length, max: Message::MAX_LEN }));
        assert_eq!(encode(256), Err(EncodeError::TooLong { field: Field::Address, max: 127 }));
    }
}
