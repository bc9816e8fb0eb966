//! Binding Update (RFC 6275 6.1.7), read as PBU (RFC 5213 8.1), PBU-M (asaeda 7.4) and PBU-Q (liu 8.1).

use super::option::multicast_state::raw_report;
use super::option::{self, MobilityOption};
use super::{Message, OPTIONS_AT, lifetime_secs};
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::fields::{Part, Source, Visit};
use crate::wire::flags::flags;
use crate::wire::out::Count;
use crate::wire::read::{Read, chunk};
use crate::wire::{Dialect, FlagDialect, Item, List, Out};

flags! {
    /// Flags of a Binding Update (digest 2.3); every bit is kept.
    UpdateFlags(u16) {
        /// A: an acknowledgement is wanted (RFC 6275).
        "A" ACKNOWLEDGE = 0x8000,
        /// H: home registration (RFC 6275); says nothing beside P.
        "H" HOME_REGISTRATION = 0x4000,
        /// L: link-local address compatibility (RFC 6275).
        "L" LINK_LOCAL = 0x2000,
        /// K: key management mobility capability (RFC 6275).
        "K" KEY_MANAGEMENT = 0x1000,
        /// M: registration with a MAP (RFC 5380).
        "M" MAP = 0x0800,
        /// R: mobile router (RFC 3963).
        "R" MOBILE_ROUTER = 0x0400,
        /// P: proxy registration (RFC 5213).
        "P" PROXY = 0x0200,
        /// F, C or Q: see [`FlagDialect`].
        "F" DISPUTED = 0x0100,
        /// T: TLV header in the tunnel (RFC 5845).
        "T" TLV_HEADER = 0x0080,
        /// B beside P: bulk registration (RFC 6602). O without P: all bindings of the home address are replaced (RFC
        /// 5648). See [`BindingUpdate::registers_in_bulk`] and [`BindingUpdate::overwrites`].
        "B" BULK_OR_OVERWRITE = 0x0040,
        /// S: multicast signalling (RFC 7161), by its IANA entry; the figure of the RFC draws it at 0x0100 (T2).
        "S" MULTICAST_SIGNALING = 0x0020,
        /// D: distributed mobility management (RFC 8885).
        "D" DMM = 0x0010,
    }
}

/// Binding Update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BindingUpdate<'a> {
    /// Sequence Number.
    pub sequence: u16,
    /// Flags.
    pub flags: UpdateFlags,
    /// Lifetime asked for, in units of 4 seconds; 0 deregisters.
    pub lifetime: u16,
    /// The options; padding is not among them.
    pub options: List<'a, MobilityOption<'a>>,
}

/// What a Binding Update asks for, or an acknowledgement answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Mobile IPv6 (P = 0).
    Binding,
    /// Proxy registration (RFC 5213).
    Proxy,
    /// Proxy registration with multicast state: PBU-M (asaeda 7.4).
    ProxyMulticast,
    /// Query for a care-of address: PBU-Q (liu 8.1).
    ProxyQuery,
}

impl<'a> BindingUpdate<'a> {
    /// MH Type.
    pub const KIND: u8 = 5;

    /// What it asks for, by the dialect of the peer (digest 2.3.1).
    ///
    /// Where options decide, an option that is there but malformed decides as well: the message meant it, and what
    /// follows (128, or a registration without its multicast part) is for the machine to say.
    ///
    /// ```
    /// use multimob::wire::mh::{BindingUpdate, Meaning, UpdateFlags};
    /// use multimob::wire::{Dialect, FlagDialect, List};
    ///
    /// let flags = UpdateFlags::ACKNOWLEDGE | UpdateFlags::PROXY | UpdateFlags::DISPUTED;
    /// let update = BindingUpdate { sequence: 7, flags, lifetime: 300, options: List::default() };
    /// assert_eq!(update.meaning(&Dialect::with_flags(FlagDialect::AsaedaC)), Meaning::ProxyMulticast);
    /// assert_eq!(update.meaning(&Dialect::with_flags(FlagDialect::LiuQ)), Meaning::ProxyQuery);
    /// assert_eq!(update.meaning(&Dialect::with_flags(FlagDialect::Registered)), Meaning::Proxy);
    /// ```
    #[must_use]
    pub fn meaning(&self, dialect: &Dialect) -> Meaning {
        let queries = self.options.carries_queried_home_address();
        let subscribes = self.options.carries_multicast_state();
        let set = |mask| self.flags.bits() & mask != 0;
        let disputed = self.flags.contains(UpdateFlags::DISPUTED);
        if !self.flags.contains(UpdateFlags::PROXY) {
            return Meaning::Binding;
        }
        match dialect.flags {
            // A query never names a node (D-21), a registration always does.
            FlagDialect::Registered if queries && self.options.mn_identifier().is_none() => {
                Meaning::ProxyQuery
            }
            FlagDialect::Registered if subscribes => Meaning::ProxyMulticast,
            FlagDialect::AsaedaC if disputed => Meaning::ProxyMulticast,
            FlagDialect::LiuQ if disputed => Meaning::ProxyQuery,
            FlagDialect::Discriminated if disputed && queries => Meaning::ProxyQuery,
            FlagDialect::Discriminated if disputed && subscribes => Meaning::ProxyMulticast,
            // Q before C: what may be a query must never register anything (D-22).
            FlagDialect::Relocated { q, .. } if set(q) => Meaning::ProxyQuery,
            FlagDialect::Relocated { c, .. } if set(c) => Meaning::ProxyMulticast,
            _ => Meaning::Proxy,
        }
    }

    /// Whether it says F, that UDP encapsulation is forced (RFC 5555, RFC 5844): the disputed bit, where the dialect
    /// does not read it as C or Q.
    #[must_use]
    pub fn forces_udp(&self, dialect: &Dialect) -> bool {
        let disputed = self.flags.contains(UpdateFlags::DISPUTED);
        disputed
            && match dialect.flags {
                FlagDialect::Registered | FlagDialect::Relocated { .. } => true,
                FlagDialect::AsaedaC | FlagDialect::LiuQ | FlagDialect::Discriminated => {
                    matches!(self.meaning(dialect), Meaning::Binding | Meaning::Proxy)
                }
            }
    }

    /// Whether it says B, a registration for a group of nodes (RFC 6602 4.1): P beside 0x0040 (T2).
    #[must_use]
    pub const fn registers_in_bulk(&self) -> bool {
        self.flags.contains(UpdateFlags::BULK_OR_OVERWRITE) && self.flags.contains(UpdateFlags::PROXY)
    }

    /// Whether it says O, that it replaces all bindings of its home address (RFC 5648 4.2): 0x0040 without P (T2).
    #[must_use]
    pub const fn overwrites(&self) -> bool {
        self.flags.contains(UpdateFlags::BULK_OR_OVERWRITE) && !self.flags.contains(UpdateFlags::PROXY)
    }

    /// The flags that a message of this meaning carries towards a peer of this dialect: A and P, or A and H of a
    /// mobile node, and C or Q where the dialect has a bit for it.
    #[must_use]
    pub fn flags_for(meaning: Meaning, dialect: &Dialect) -> UpdateFlags {
        let special = match (meaning, dialect.flags) {
            (Meaning::Binding, _) => return UpdateFlags::ACKNOWLEDGE | UpdateFlags::HOME_REGISTRATION,
            (Meaning::ProxyMulticast, FlagDialect::AsaedaC | FlagDialect::Discriminated)
            | (Meaning::ProxyQuery, FlagDialect::LiuQ | FlagDialect::Discriminated) => UpdateFlags::DISPUTED,
            (Meaning::ProxyMulticast, FlagDialect::Relocated { c, .. }) => UpdateFlags::from_bits_retain(c),
            (Meaning::ProxyQuery, FlagDialect::Relocated { q, .. }) => UpdateFlags::from_bits_retain(q),
            (Meaning::Proxy | Meaning::ProxyMulticast | Meaning::ProxyQuery, _) => UpdateFlags::empty(),
        };
        UpdateFlags::ACKNOWLEDGE | UpdateFlags::PROXY | special
    }

    /// Lifetime asked for, in seconds.
    #[must_use]
    pub const fn lifetime_secs(&self) -> u32 {
        lifetime_secs(self.lifetime)
    }

    /// How many of the options, from the first on, a message of [`Message::MAX_LEN`] octets has room for. What a PBU-M
    /// has no room for goes out as an MLD Report once it was accepted (D-4).
    #[must_use]
    pub fn options_that_fit(&self) -> usize {
        let mut out = Count(OPTIONS_AT);
        let fits = |option: &MobilityOption<'a>| {
            option.write(&mut out, self.options.dialect()).is_ok() && out.written() <= Message::MAX_LEN
        };
        self.options.iter().take_while(fits).count()
    }

    /// Reads what follows the checksum.
    pub(super) fn read(data: &'a [u8], dialect: &Dialect) -> Read<'a, Self> {
        let (area, fixed) = chunk::<6>(Layer::MobilityHeader, Field::Header, data)?;
        let &[s0, s1, f0, f1, l0, l1] = fixed;
        let flags = UpdateFlags::from_bits_retain(u16::from_be_bytes([f0, f1]));
        let raw = if says_c(flags, dialect) { raw_report(area, dialect) } else { None };
        let (rest, options) = match raw {
            Some(options) => (&[][..], options),
            None => option::list(area, dialect)?,
        };
        let update = Self {
            sequence: u16::from_be_bytes([s0, s1]),
            flags,
            lifetime: u16::from_be_bytes([l0, l1]),
            options,
        };
        Ok((rest, update))
    }

    /// Writes what follows the checksum, padding at the end included.
    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&self.sequence.to_be_bytes());
        out.put(&self.flags.bits().to_be_bytes());
        out.put(&self.lifetime.to_be_bytes());
        self.options.write(out)?;
        option::pad(out, 8, 0);
        Ok(())
    }

    /// Shows every field before the options; the lifetime in its units.
    pub(super) fn show(&self, visit: &mut Visit<'_>) {
        for (name, value) in [
            ("sequence", u16::show(&self.sequence)),
            ("flags", UpdateFlags::show(&self.flags)),
            ("lifetime", u16::show(&self.lifetime)),
        ] {
            value.into_iter().for_each(|value| visit(name, value));
        }
    }

    /// Writes what [`Self::show`] shows, with the values of `from`.
    #[cfg_attr(not(feature = "alloc"), allow(dead_code, reason = "who builds a message keeps it"))]
    pub(super) fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        u16::build("sequence", from, out)?;
        UpdateFlags::build("flags", from, out)?;
        u16::build("lifetime", from, out)
    }
}

/// Whether a bit of a proxy registration says C before any option was read (D-1).
const fn says_c(flags: UpdateFlags, dialect: &Dialect) -> bool {
    let c = match dialect.flags {
        FlagDialect::AsaedaC | FlagDialect::Discriminated => UpdateFlags::DISPUTED.bits(),
        FlagDialect::Relocated { c, .. } => c,
        FlagDialect::Registered | FlagDialect::LiuQ => 0,
    };
    flags.contains(UpdateFlags::PROXY) && flags.bits() & c != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Addr;
    use crate::wire::mh::option::{MnIdentifier, MulticastState, QueriedHomeAddress};

    const DIALECTS: [FlagDialect; 5] = [
        FlagDialect::Registered,
        FlagDialect::AsaedaC,
        FlagDialect::LiuQ,
        FlagDialect::Discriminated,
        FlagDialect::RELOCATED,
    ];

    const NODE: MobilityOption<'static> =
        MobilityOption::MnIdentifier(MnIdentifier { subtype: 1, id: b"mn1" });
    const STATE: fn() -> MobilityOption<'static> =
        || MobilityOption::MulticastState(MulticastState::Mld(List::default()));
    const QUERY: MobilityOption<'static> =
        MobilityOption::QueriedHomeAddress(QueriedHomeAddress { address: Addr([1; 16]) });

    /// Meaning and F in each dialect of an update with these flags and options.
    fn meanings(bits: u16, options: &[MobilityOption<'_>]) -> [(Meaning, bool); 5] {
        let flags = UpdateFlags::from_bits_retain(bits);
        DIALECTS.map(|flag_dialect| {
            let dialect = Dialect::with_flags(flag_dialect);
            let options = List::new(options, &dialect);
            let update = BindingUpdate { sequence: 0, flags, lifetime: 1, options };
            (update.meaning(&dialect), update.forces_udp(&dialect))
        })
    }

    #[test]
    fn a52_l15_one_bit_means_what_the_dialect_says() {
        use Meaning::{Proxy, ProxyMulticast, ProxyQuery};
        assert_eq!(
            meanings(0x8300, &[NODE]),
            [(Proxy, true), (ProxyMulticast, false), (ProxyQuery, false), (Proxy, true), (Proxy, true)]
        );
        assert_eq!(meanings(0x8200, &[NODE]), [(Proxy, false); 5]);
    }

    #[test]
    fn a52_multicast_state_makes_a_pbu_m_as_far_as_the_dialect_lets_options_speak() {
        use Meaning::{Proxy, ProxyMulticast, ProxyQuery};
        assert_eq!(
            meanings(0x8200, &[NODE, STATE()]).map(|(meaning, _)| meaning),
            [ProxyMulticast, Proxy, Proxy, Proxy, Proxy]
        );
        assert_eq!(
            meanings(0x8300, &[NODE, STATE()]),
            [
                (ProxyMulticast, true),
                (ProxyMulticast, false),
                (ProxyQuery, false),
                (ProxyMulticast, false),
                (Proxy, true)
            ]
        );
    }

    #[test]
    fn l15_a_queried_home_address_makes_a_pbu_q_as_far_as_the_dialect_lets_options_speak() {
        use Meaning::{Proxy, ProxyMulticast, ProxyQuery};
        assert_eq!(
            meanings(0x8200, &[QUERY]).map(|(meaning, _)| meaning),
            [ProxyQuery, Proxy, Proxy, Proxy, Proxy]
        );
        assert_eq!(
            meanings(0x8300, &[STATE(), QUERY]).map(|(meaning, _)| meaning),
            [ProxyQuery, ProxyMulticast, ProxyQuery, ProxyQuery, Proxy]
        );
    }

    #[test]
    fn d21_who_names_a_node_registers_it() {
        let [(registered, _), ..] = meanings(0x8200, &[QUERY, NODE]);
        assert_eq!(registered, Meaning::Proxy);
    }

    #[test]
    fn d22_where_both_bits_are_set_nothing_is_registered() {
        let dialect = Dialect::with_flags(FlagDialect::RELOCATED);
        let meaning = |bits| {
            let flags = UpdateFlags::from_bits_retain(bits);
            let options = List::default();
            BindingUpdate { sequence: 0, flags, lifetime: 1, options }.meaning(&dialect)
        };
        assert_eq!(meaning(0x8208), Meaning::ProxyMulticast);
        assert_eq!(meaning(0x8204), Meaning::ProxyQuery);
        assert_eq!(meaning(0x820c), Meaning::ProxyQuery);
    }

    #[test]
    fn d6_d24_a_malformed_option_still_tells_what_was_meant() {
        let dialect = Dialect::DEFAULT;
        for (kind, meaning) in [(200, Meaning::ProxyMulticast), (202, Meaning::ProxyQuery)] {
            let options = [MobilityOption::other(kind, &[1], &dialect).unwrap()];
            let options = List::new(&options, &dialect);
            let update = BindingUpdate { sequence: 0, flags: UpdateFlags::PROXY, lifetime: 1, options };
            assert_eq!(update.meaning(&dialect), meaning);
            assert_eq!(update.options.queried_home_address(), None);
        }
    }

    #[test]
    fn with_p_and_h_it_is_p_that_decides() {
        assert_eq!(meanings(0xc200, &[NODE]), [(Meaning::Proxy, false); 5]);
    }

    #[test]
    fn t3_without_p_the_bit_is_f_whatever_the_dialect() {
        let options = [STATE(), QUERY];
        assert_eq!(meanings(0xc100, &options), [(Meaning::Binding, true); 5]);
        assert_eq!(meanings(0xc000, &options), [(Meaning::Binding, false); 5]);
    }

    #[test]
    fn t2_s_and_d_stand_at_their_registered_bits_and_p_tells_b_from_o() {
        let update = |bits| {
            let flags = UpdateFlags::from_bits_retain(bits);
            BindingUpdate { sequence: 0, flags, lifetime: 1, options: List::default() }
        };
        for (bits, bulk, overwrites) in
            [(0x8240, true, false), (0xc040, false, true), (0x8200, false, false), (0xc000, false, false)]
        {
            assert_eq!((update(bits).registers_in_bulk(), update(bits).overwrites()), (bulk, overwrites));
        }
        let flags = UpdateFlags::MULTICAST_SIGNALING | UpdateFlags::DMM | UpdateFlags::TLV_HEADER;
        assert_eq!(flags.bits(), 0x00b0);
        // S is no F, C or Q, whatever the dialect.
        assert_eq!(meanings(0x8220, &[NODE]), [(Meaning::Proxy, false); 5]);
    }

    #[test]
    fn flags_for_a_meaning_are_read_back_as_it() {
        for flag_dialect in DIALECTS {
            let dialect = Dialect::with_flags(flag_dialect);
            for (meaning, options) in [
                (Meaning::Binding, &[][..]),
                (Meaning::Proxy, &[NODE]),
                (Meaning::ProxyMulticast, &[NODE, STATE()]),
                (Meaning::ProxyQuery, &[QUERY]),
            ] {
                // The one has no Q, the other no C, and options do not stand in for it.
                let cannot = matches!(
                    (flag_dialect, meaning),
                    (FlagDialect::AsaedaC, Meaning::ProxyQuery)
                        | (FlagDialect::LiuQ, Meaning::ProxyMulticast)
                );
                let flags = BindingUpdate::flags_for(meaning, &dialect);
                let options = List::new(options, &dialect);
                let update = BindingUpdate { sequence: 0, flags, lifetime: 1, options };
                let read = if cannot { Meaning::Proxy } else { meaning };
                assert_eq!(update.meaning(&dialect), read, "{flag_dialect:?}");
                assert!(!update.forces_udp(&dialect));
                assert!(flags.contains(UpdateFlags::ACKNOWLEDGE));
            }
        }
    }

    #[test]
    fn every_flag_is_kept() {
        for bits in [0xffff, 0x00ff, 0x0020] {
            let data = [[0, 1], u16::to_be_bytes(bits), [0, 1]].concat();
            let (_, update) = BindingUpdate::read(&data, &Dialect::DEFAULT).unwrap();
            assert_eq!(update.flags.bits(), bits);
        }
    }
}
