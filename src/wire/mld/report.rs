//! Reports and Done.
use super::record::Record;
use crate::wire::{Addr, List};

/// Version 2 Report (RFC 3810 5.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report<'a> {
    /// The records, in order.
    pub records: List<'a, Record<'a>>,
}

/// Version 1 Report (RFC 2710 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportV1 {
    /// The group.
    pub group: Addr,
}

/// Version 1 Done (RFC 2710 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The group.
    pub group: Addr,
}

impl<'a> super::super::Item<'a> for Record<'a> {
    fn read(octets: &'a [u8], dialect: &super::super::Dialect) -> Option<(Self, &'a [u8])> {
        let _ = (octets, dialect);
        todo!()
    }
    fn write(
        &self,
        out: &mut impl super::super::Out,
        dialect: &super::super::Dialect,
    ) -> Result<(), super::super::EncodeError> {
        let _ = (out, dialect);
        todo!()
    }
}
