//! What became of a context data block.

use crate::wire::code::code;
use crate::wire::error::{Field, Layer};
use crate::wire::read::{Read, short};

code! {
    /// Status of one block in a CTDR or a CTAA. RFC 4067 leaves the values to each feature, save that 0 is success;
    /// those from 0x80 on are this crate's (digest 5.2).
    BlockStatus(u8) {
        /// Taken.
        SUCCESS = 0,
        /// The transport's checksum was bad (RFC 4067 2.5.4).
        BAD_CHECKSUM = 1,
        /// The block cannot be read.
        MALFORMED = 0x80,
        /// The feature profile type is not known.
        UNSUPPORTED = 0x81,
        /// The node is not known.
        UNKNOWN_NODE = 0x82,
        /// The sender may not transfer this.
        UNAUTHORISED = 0x83,
        /// There is no state for the node.
        NO_STATE = 0x84,
        /// The receiver has no room for it.
        NO_ROOM = 0x85,
    }
}

impl BlockStatus {
    /// The entry of a [`Reply`](super::Reply) or [`ActivateAck`](super::ActivateAck) that gives this status to the
    /// block of a feature profile type.
    #[must_use]
    pub const fn entry(self, feature: u16) -> [u8; 4] {
        let [f0, f1] = feature.to_be_bytes();
        [f0, f1, self.0, 0]
    }
}

/// Feature profile type and status of each entry.
pub(super) fn entries(statuses: &[[u8; 4]]) -> impl ExactSizeIterator<Item = (u16, BlockStatus)> + Clone {
    statuses.iter().map(|&[f0, f1, status, _]| (u16::from_be_bytes([f0, f1]), BlockStatus(status)))
}

/// Entries to the end of the message.
pub(super) fn read(data: &[u8]) -> Read<'_, &[[u8; 4]]> {
    let (statuses, ragged) = data.as_chunks();
    if ragged.is_empty() { Ok((&[], statuses)) } else { Err(short(Layer::Cxtp, Field::Statuses, ragged, 4)) }
}
