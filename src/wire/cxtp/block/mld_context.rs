//! The multicast listener context of RFC 4067 Appendix B.

use super::head;
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::read::{Read, chunk, wrong};
use crate::wire::{Addr, Out};

/// What MLDv1 knows of a link (RFC 4067 Appendix B): somebody there listens to a group. It tells neither who, nor a
/// filter mode, nor sources (trap 48); its receiver acts as on an MLDv1 Report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MldContext {
    /// The first 64 bits of the subnet prefix on the new router's link.
    pub prefix: [u8; 8],
    /// The group.
    pub group: Addr,
}

impl MldContext {
    /// Feature profile type (RFC 4065 6), where no feature of the dialect took it.
    pub const FEATURE: u16 = 1;

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        head(Self::FEATURE, 0, BODY, out)?;
        out.put(&self.prefix);
        out.put(&self.group.0);
        out.put(&[0; 4]);
        Ok(())
    }
}

/// 24 octets of data behind the four of the head: padded to four words (digest 5.3).
pub(super) fn read(body: &[u8]) -> Read<'_, MldContext> {
    let (rest, prefix) = chunk(Layer::ContextData, Field::Address, body)?;
    let (rest, group) = chunk(Layer::ContextData, Field::MulticastAddress, rest)?;
    if body.len() != BODY {
        return Err(wrong(Layer::ContextData, Field::BlockData, body, BODY, body.len()));
    }
    Ok((rest, MldContext { prefix: *prefix, group: Addr(*group) }))
}

/// Octets after the head: data and padding.
const BODY: usize = 28;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::cxtp::Block;
    use crate::wire::{Dialect, FeatureTypes};

    const DIALECT: Dialect = Dialect::DEFAULT;

    fn fault(body: &[u8]) -> (Field, u16, u16, u16) {
        let Block::Malformed(malformed) = Block::other(1, 0, body, &DIALECT) else { panic!() };
        let error = malformed.error();
        (error.field, error.offset, error.needed, error.have)
    }

    #[test]
    fn digest_5_3_a_prefix_and_a_group_in_four_words() {
        let mut body = [0xee; 28];
        body[..8].copy_from_slice(&[0x20, 1, 0xd, 0xb8, 0, 0, 0, 7]);
        body[8..24].copy_from_slice(&[0xff; 16]);
        let context = MldContext { prefix: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 7], group: Addr([0xff; 16]) };
        assert_eq!(Block::other(1, 0, &body, &DIALECT), Block::Mld(context));
        assert_eq!(Block::Mld(context).judge(), Ok(()));

        let unicast = MldContext { group: Addr([0x20; 16]), ..context };
        assert_eq!(Block::Mld(unicast).judge(), Err(crate::wire::cxtp::BlockStatus::MALFORMED));
    }

    #[test]
    fn another_length_is_malformed() {
        assert_eq!(fault(&[0; 4]), (Field::Address, 4, 8, 4));
        assert_eq!(fault(&[0; 20]), (Field::MulticastAddress, 12, 16, 12));
        assert_eq!(fault(&[0; 36]), (Field::BlockData, 4, 28, 36));
    }

    #[test]
    fn the_dialect_may_give_its_type_to_another_feature() {
        let features = FeatureTypes { policy_profile: 1, ..DIALECT.features };
        let dialect = Dialect { features, ..DIALECT };
        assert!(matches!(Block::other(1, 0, &[0; 28], &dialect), Block::Profile(_)));
    }
}
