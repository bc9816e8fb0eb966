//! What became of a context data block.

use crate::wire::code::code;

code! {
    /// Status of one block in a CTDR. RFC 4067 leaves the values to each feature, save that 0 is success; those from
    /// 0x80 on are this crate's (digest 5.2).
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
    }
}

impl BlockStatus {
    /// The entry of a [`Reply`](super::Reply) that gives this status to the block of a feature profile type.
    #[must_use]
    pub const fn entry(self, feature: u16) -> [u8; 4] {
        let [f0, f1] = feature.to_be_bytes();
        [f0, f1, self.0, 0]
    }
}
