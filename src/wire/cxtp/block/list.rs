//! The blocks of a message as a whole.

use super::{Block, ListenerContext, MalformedBlock, raw};
use crate::wire::read::Read;
use crate::wire::{Dialect, List};

/// What a message says by its blocks. Of several MN-Identifiers the first counts; a malformed block counts as absent.
impl<'a> List<'a, Block<'a>> {
    /// MN-Identifier: subtype and identifier.
    #[must_use]
    pub fn mn_identifier(&self) -> Option<(u8, &'a [u8])> {
        self.iter().find_map(|block| match block {
            Block::MnIdentifier { subtype, id } => Some((subtype, id)),
            _ => None,
        })
    }

    /// The M-CTDs, in their order.
    pub fn listeners(&self) -> impl Iterator<Item = ListenerContext<'a>> + Clone + use<'a> {
        self.iter().filter_map(|block| match block {
            Block::Listener(context) => Some(context),
            _ => None,
        })
    }

    /// Whether the context of this feature profile type is asked for.
    #[must_use]
    pub fn wants(&self, feature: u16) -> bool {
        self.iter().any(|block| block == Block::Wanted(feature))
    }

    /// The blocks with data that cannot be.
    pub fn malformed(&self) -> impl Iterator<Item = MalformedBlock<'a>> + Clone + use<'a> {
        self.iter().filter_map(|block| match block {
            Block::Malformed(malformed) => Some(malformed),
            _ => None,
        })
    }
}

/// The blocks in `area`, all of which it must hold in full.
pub(in crate::wire::cxtp) fn list<'a>(area: &'a [u8], dialect: &Dialect) -> Read<'a, List<'a, Block<'a>>> {
    let (mut rest, mut len) = (area, 0_usize);
    while !rest.is_empty() {
        (rest, _) = raw(rest)?;
        len = len.saturating_add(1);
    }
    Ok((rest, List::validated(area, len, dialect)))
}
