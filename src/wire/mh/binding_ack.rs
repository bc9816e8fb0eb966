//! Binding Acknowledgement (RFC 6275 6.1.8), read as PBA (RFC 5213 8.2) and PBA-Q (liu 8.2).

use super::binding_update::Meaning;
use super::option::{self, MobilityOption};
use super::{Status, lifetime_secs};
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::fields::{Part, Source, Visit};
use crate::wire::flags::flags;
use crate::wire::read::{Read, chunk};
use crate::wire::{Dialect, FlagDialect, List, Out};

flags! {
    /// Flags of a Binding Acknowledgement (digest 2.3); every bit is kept.
    AckFlags(u8) {
        /// K: key management mobility capability (RFC 6275).
        "K" KEY_MANAGEMENT = 0x80,
        /// R: mobile router (RFC 3963).
        "R" MOBILE_ROUTER = 0x40,
        /// P: proxy registration (RFC 5213).
        "P" PROXY = 0x20,
        /// T or Q: see [`FlagDialect`].
        "T" DISPUTED = 0x10,
        /// B: bulk registration (RFC 6602).
        "B" BULK = 0x08,
        /// S: multicast signalling (RFC 7161), by its IANA entry; the figure of the RFC draws it at 0x10 (T2).
        "S" MULTICAST_SIGNALING = 0x04,
        /// D: distributed mobility management (RFC 8885).
        "D" DMM = 0x02,
    }
}

/// Binding Acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BindingAck<'a> {
    /// Status.
    pub status: Status,
    /// Flags.
    pub flags: AckFlags,
    /// Sequence Number of the update that this answers; in a 135 the last accepted one.
    pub sequence: u16,
    /// Lifetime granted, in units of 4 seconds.
    pub lifetime: u16,
    /// The options; padding is not among them.
    pub options: List<'a, MobilityOption<'a>>,
}

impl<'a> BindingAck<'a> {
    /// MH Type.
    pub const KIND: u8 = 6;

    /// What it answers, by the dialect of the peer (digest 2.3.1). [`Meaning::ProxyMulticast`]: a Multicast State option
    /// tells which records were taken (D-7).
    #[must_use]
    pub fn meaning(&self, dialect: &Dialect) -> Meaning {
        if !self.flags.contains(AckFlags::PROXY) {
            return Meaning::Binding;
        }
        let disputed = self.flags.contains(AckFlags::DISPUTED);
        let answers_a_query = match dialect.flags {
            FlagDialect::Registered => {
                self.options.carries_queried_home_address() || self.options.care_of_address().is_some()
            }
            FlagDialect::AsaedaC => false,
            FlagDialect::LiuQ => disputed,
            FlagDialect::Discriminated => disputed && self.options.carries_queried_home_address(),
            FlagDialect::Relocated { ba_q, .. } => self.flags.bits() & ba_q != 0,
        };
        if answers_a_query {
            Meaning::ProxyQuery
        } else if self.options.carries_multicast_state() {
            Meaning::ProxyMulticast
        } else {
            Meaning::Proxy
        }
    }

    /// Whether it says T, that the TLV header is used in the tunnel (RFC 5845): the disputed bit, where the dialect
    /// does not read it as Q.
    #[must_use]
    pub fn uses_tlv_header(&self, dialect: &Dialect) -> bool {
        let disputed = self.flags.contains(AckFlags::DISPUTED);
        disputed
            && match dialect.flags {
                FlagDialect::Registered | FlagDialect::AsaedaC | FlagDialect::Relocated { .. } => true,
                FlagDialect::LiuQ | FlagDialect::Discriminated => {
                    self.meaning(dialect) != Meaning::ProxyQuery
                }
            }
    }

    /// The flags of the answer to a message of this meaning, towards a peer of this dialect.
    #[must_use]
    pub fn flags_for(meaning: Meaning, dialect: &Dialect) -> AckFlags {
        match (meaning, dialect.flags) {
            (Meaning::Binding, _) => AckFlags::empty(),
            (Meaning::ProxyQuery, FlagDialect::LiuQ | FlagDialect::Discriminated) => {
                AckFlags::PROXY | AckFlags::DISPUTED
            }
            (Meaning::ProxyQuery, FlagDialect::Relocated { ba_q, .. }) => {
                AckFlags::PROXY | AckFlags::from_bits_retain(ba_q)
            }
            (Meaning::Proxy | Meaning::ProxyMulticast | Meaning::ProxyQuery, _) => AckFlags::PROXY,
        }
    }

    /// Lifetime granted, in seconds.
    #[must_use]
    pub const fn lifetime_secs(&self) -> u32 {
        lifetime_secs(self.lifetime)
    }

    /// Reads what follows the checksum.
    pub(super) fn read(data: &'a [u8], dialect: &Dialect) -> Read<'a, Self> {
        let (area, fixed) = chunk::<6>(Layer::MobilityHeader, Field::Header, data)?;
        let &[status, flags, s0, s1, l0, l1] = fixed;
        let (rest, options) = option::list(area, dialect)?;
        let ack = Self {
            status: Status(status),
            flags: AckFlags::from_bits_retain(flags),
            sequence: u16::from_be_bytes([s0, s1]),
            lifetime: u16::from_be_bytes([l0, l1]),
            options,
        };
        Ok((rest, ack))
    }

    /// Writes what follows the checksum, padding at the end included.
    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&[self.status.0, self.flags.bits()]);
        out.put(&self.sequence.to_be_bytes());
        out.put(&self.lifetime.to_be_bytes());
        self.options.write(out)?;
        option::pad(out, 8, 0);
        Ok(())
    }

    /// Shows every field before the options; the lifetime in its units.
    pub(super) fn show(&self, visit: &mut Visit<'_>) {
        for (name, value) in [
            ("status", Status::show(&self.status)),
            ("flags", AckFlags::show(&self.flags)),
            ("sequence", u16::show(&self.sequence)),
            ("lifetime", u16::show(&self.lifetime)),
        ] {
            value.into_iter().for_each(|value| visit(name, value));
        }
    }

    /// Writes what [`Self::show`] shows, with the values of `from`.
    #[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a message keeps it"))]
    pub(super) fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        Status::build("status", from, out)?;
        AckFlags::build("flags", from, out)?;
        u16::build("sequence", from, out)?;
        u16::build("lifetime", from, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Addr;
    use crate::wire::mh::option::{CareOfAddress, MulticastState, QueriedHomeAddress};

    /// Meaning and T in each dialect of an acknowledgement with these flags and options.
    fn meanings(bits: u8, options: &[MobilityOption<'_>]) -> [(Meaning, bool); 5] {
        [
            FlagDialect::Registered,
            FlagDialect::AsaedaC,
            FlagDialect::LiuQ,
            FlagDialect::Discriminated,
            FlagDialect::RELOCATED,
        ]
        .map(|flags| {
            let dialect = Dialect::with_flags(flags);
            let ack = BindingAck {
                status: Status::ACCEPTED,
                flags: AckFlags::from_bits_retain(bits),
                sequence: 0,
                lifetime: 1,
                options: List::new(options, &dialect),
            };
            (ack.meaning(&dialect), ack.uses_tlv_header(&dialect))
        })
    }

    #[test]
    fn l15_one_bit_is_q_or_t_as_the_dialect_says() {
        use Meaning::{Proxy, ProxyQuery};
        let query = MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: Addr([1; 16]) });
        assert_eq!(
            meanings(0x30, &[]),
            [(Proxy, true), (Proxy, true), (ProxyQuery, false), (Proxy, true), (Proxy, true)]
        );
        assert_eq!(
            meanings(0x30, &[query]),
            [(ProxyQuery, true), (Proxy, true), (ProxyQuery, false), (ProxyQuery, false), (Proxy, true)]
        );
        assert_eq!(meanings(0x21, &[]).map(|(meaning, _)| meaning), [Proxy, Proxy, Proxy, Proxy, ProxyQuery]);
    }

    #[test]
    fn l12_where_q_has_a_bit_options_do_not_stand_in_for_it() {
        let query = MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: Addr([1; 16]) });
        let [_, asaeda, liu, discriminated, relocated] = meanings(0x20, &[query]);
        assert_eq!([asaeda, liu, discriminated, relocated], [(Meaning::Proxy, false); 4]);
    }

    #[test]
    fn l16_options_alone_tell_an_answer_where_q_has_no_bit() {
        for option in [
            MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: Addr([1; 16]) }),
            MobilityOption::CareOfAddress(CareOfAddress { address: Addr([2; 16]) }),
        ] {
            let [registered, asaeda, ..] = meanings(0x20, &[option]);
            assert_eq!(registered, (Meaning::ProxyQuery, false));
            assert_eq!(asaeda, (Meaning::Proxy, false));
        }
    }

    #[test]
    fn d7_an_echo_tells_the_answer_to_a_pbu_m() {
        let echo = [MobilityOption::MulticastState(MulticastState::Mld(List::default()))];
        assert_eq!(meanings(0x20, &echo), [(Meaning::ProxyMulticast, false); 5]);
    }

    #[test]
    fn without_p_nothing_answers_a_proxy() {
        let options = [
            MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: Addr([1; 16]) }),
            MobilityOption::MulticastState(MulticastState::Mld(List::default())),
        ];
        assert_eq!(meanings(0x11, &options), [(Meaning::Binding, true); 5]);
    }

    #[test]
    fn flags_for_a_meaning_set_q_where_the_dialect_has_it() {
        let bits = |meaning, flags| BindingAck::flags_for(meaning, &Dialect::with_flags(flags)).bits();
        assert_eq!(bits(Meaning::Binding, FlagDialect::LiuQ), 0);
        assert_eq!(bits(Meaning::ProxyMulticast, FlagDialect::LiuQ), 0x20);
        assert_eq!(bits(Meaning::ProxyQuery, FlagDialect::Registered), 0x20);
        assert_eq!(bits(Meaning::ProxyQuery, FlagDialect::AsaedaC), 0x20);
        assert_eq!(bits(Meaning::ProxyQuery, FlagDialect::LiuQ), 0x30);
        assert_eq!(bits(Meaning::ProxyQuery, FlagDialect::Discriminated), 0x30);
        assert_eq!(bits(Meaning::ProxyQuery, FlagDialect::RELOCATED), 0x21);
    }
}
