//! Register, Null-Register and Register-Stop (RFC 7761 4.9.3, 4.9.4).

use super::address::{Group, group, unicast, write_unicast};
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::ipv6::{Header, next_header};
use crate::wire::out::{Encode, Out};
use crate::wire::read::{Read, chunk};
use crate::wire::{Addr, Pseudo};

/// Register: a packet of a source on its way to the RP.
///
/// Its checksum covers the first [`Register::CHECKSUM_COVERS`] octets alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register<'a> {
    /// B: to be sent as zero and to be ignored.
    pub border: bool,
    /// N: a Null-Register, which asks the RP whether it still wants none.
    pub null: bool,
    /// The packet, from its IPv6 header on; of a Null-Register a [`DummyPacket`].
    pub packet: &'a [u8],
}

impl<'a> Register<'a> {
    /// Octets before the packet.
    pub const HEAD_LEN: usize = 8;

    /// Octets that the checksum covers, and the length in its pseudo-header.
    pub const CHECKSUM_COVERS: usize = Self::HEAD_LEN;

    /// A Register of `packet`, the hop limit of which was decremented as for any other link.
    #[must_use]
    pub const fn data(packet: &'a [u8]) -> Self {
        Self { border: false, null: false, packet }
    }

    /// A Null-Register: `dummy` is what [`DummyPacket::octets`] made.
    #[must_use]
    pub const fn null(dummy: &'a [u8]) -> Self {
        Self { border: false, null: true, packet: dummy }
    }

    /// Source and destination of the packet, the group of a channel. The dummy PIM header of a Null-Register is held to
    /// its checksum where there is one; no other field of a dummy is looked at.
    ///
    /// # Errors
    /// A packet that is not IPv6, or that is cut off; a Null-Register with a bad checksum, to be discarded. Offsets count
    /// from the IPv6 header, or from the dummy PIM header.
    pub fn channel(&self) -> Result<DummyPacket, DecodeError> {
        let (header, payload) = Header::parse(self.packet)?;
        if self.null && header.next_header == next_header::PIM && !payload.is_empty() {
            Pseudo::pim(header.src, header.dst).check(Layer::Pim, CHECKSUM_AT, payload)?;
        }
        Ok(DummyPacket { source: header.src.into(), group: header.dst.into() })
    }

    pub(super) fn read(data: &'a [u8]) -> Read<'a, Self> {
        let (packet, &[flags, ..]) = chunk::<4>(Layer::Pim, Field::Header, data)?;
        Ok((&[], Self { border: flags & FLAG_B != 0, null: flags & FLAG_N != 0, packet }))
    }

    pub(super) fn write(&self, out: &mut impl Out) {
        let flag = |set, bit| if set { bit } else { 0 };
        out.put(&[flag(self.border, FLAG_B) | flag(self.null, FLAG_N), 0, 0, 0]);
        out.bytes(self.packet);
    }
}

/// What a Null-Register carries: an IPv6 header from source to group, and a PIM header of four octets.
///
/// ```
/// use multimob::wire::pim::{DummyPacket, Register};
///
/// let channel = DummyPacket {
///     source: "2001:db8:5::5".parse::<core::net::Ipv6Addr>()?.into(),
///     group: "ff1e::1234".parse::<core::net::Ipv6Addr>()?.into(),
/// };
/// let mut dummy = channel.octets();
/// assert_eq!(Register::null(&dummy).channel()?, channel);
/// dummy[42] ^= 1;
/// assert!(Register::null(&dummy).channel().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DummyPacket {
    /// S.
    pub source: Addr,
    /// G.
    pub group: Addr,
}

impl DummyPacket {
    /// Octets of a dummy packet.
    pub const LEN: usize = Header::LEN + DUMMY_LEN;

    /// The octets, checksum and all.
    #[must_use]
    pub fn octets(&self) -> [u8; Self::LEN] {
        let mut octets = [0; Self::LEN];
        // It fits and is far from too long.
        let _ = Encode::encode(self, &mut octets);
        octets
    }
}

impl Encode for DummyPacket {
    /// The checksum inside is made here: `checksum` is not used.
    fn write(&self, out: &mut impl Out, _checksum: u16) -> Result<(), EncodeError> {
        let (src, dst) = (self.source.ip(), self.group.ip());
        let header = Header {
            traffic_class: 0,
            flow_label: 0,
            next_header: next_header::PIM,
            hop_limit: DUMMY_HOP_LIMIT,
            src,
            dst,
        };
        header.write(out, DUMMY_LEN)?;
        let [high, low] = Pseudo::pim(src, dst).checksum(&[0; DUMMY_LEN]).to_be_bytes();
        out.put(&[0, 0, high, low]);
        Ok(())
    }
}

/// Register-Stop: the RP wants no more Registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisterStop {
    /// The group.
    pub group: Group,
    /// The source; `::` for all sources.
    pub source: Addr,
}

impl RegisterStop {
    pub(super) fn read(data: &[u8]) -> Read<'_, Self> {
        let (rest, group) = group(data)?;
        let (rest, source) = unicast(Layer::Pim, rest)?;
        Ok((rest, Self { group, source }))
    }

    pub(super) fn write(&self, out: &mut impl Out) {
        self.group.write(out);
        write_unicast(out, self.source);
    }
}

/// Octets of a dummy PIM header.
const DUMMY_LEN: usize = 4;

/// Any hop limit will do: the usual one, decremented as that of the packets that it stands for.
const DUMMY_HOP_LIMIT: u8 = 63;

/// Where the checksum of a PIM header stands.
const CHECKSUM_AT: usize = 2;

const FLAG_B: u8 = 0x80;
const FLAG_N: u8 = 0x40;

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    const CHANNEL: DummyPacket = DummyPacket { source: Addr([0x20; 16]), group: Addr([0xff; 16]) };

    #[test]
    fn rfc7761_4_9_3_a_null_register_with_a_bad_checksum_is_discarded() {
        let good = CHANNEL.octets();
        assert_eq!(Register::null(&good).channel(), Ok(CHANNEL));
        for (at, bit) in [(40, 0x10), (41, 1), (42, 0x80), (43, 1)] {
            let mut bad = good;
            bad[at] ^= bit;
            let error = Register::null(&bad).channel().unwrap_err();
            assert_eq!((error.layer, error.field, error.offset), (Layer::Pim, Field::Checksum, 2));
            // Behind other headers it is no dummy.
            assert_eq!(Register::data(&bad).channel(), Ok(CHANNEL));
        }
    }

    #[test]
    fn rfc7761_4_9_3_a_null_register_without_a_dummy_pim_header_has_no_checksum() {
        let mut octets = CHANNEL.octets();
        octets[5] = 0;
        assert_eq!(Register::null(&octets[..40]).channel(), Ok(CHANNEL));
        octets[5] = 4;
        octets[6] = 59;
        octets[43] ^= 1;
        assert_eq!(Register::null(&octets).channel(), Ok(CHANNEL));
        // Three octets have no room for one.
        octets[5..7].copy_from_slice(&[3, 103]);
        let error = Register::null(&octets).channel().unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::Checksum, 2, 2, 1));
    }

    #[test]
    fn rfc7761_4_9_3_the_fields_of_a_dummy_are_not_looked_at() {
        let mut octets = CHANNEL.octets();
        // Class, flow label and hop limit.
        octets[..4].copy_from_slice(&[0x6f, 0xff, 0xff, 0xff]);
        octets[7] = 0;
        // Version and type, with the checksum that they make.
        octets[40..].copy_from_slice(&[0x21, 0, 0, 0]);
        let pseudo = Pseudo::pim(CHANNEL.source.ip(), CHANNEL.group.ip());
        let checksum = pseudo.checksum(&octets[40..]).to_be_bytes();
        octets[42..].copy_from_slice(&checksum);
        assert_eq!(Register::null(&octets).channel(), Ok(CHANNEL));
    }

    #[test]
    fn rfc7761_4_9_3_the_packet_must_be_ipv6() {
        let mut octets = CHANNEL.octets();
        octets[0] = 0x45;
        let error = Register::data(&octets).channel().unwrap_err();
        assert_eq!((error.layer, error.field, error.needed, error.have), (Layer::Ipv6, Field::Version, 6, 4));
        octets[0] = 0x60;
        let cut = &octets[..43];
        assert_eq!(Register::data(cut).channel().unwrap_err().field, Field::Payload);
        assert_eq!(Register::data(&[]).channel().unwrap_err().field, Field::Header);
    }

    #[test]
    fn a_dummy_packet_is_written_in_full() {
        let mut octets = Vec::new();
        assert_eq!(CHANNEL.put(&mut octets), Ok(DummyPacket::LEN));
        assert_eq!(octets, CHANNEL.octets());
        assert_eq!(octets[..8], [0x60, 0, 0, 0, 0, 4, 103, 63]);
    }
}
