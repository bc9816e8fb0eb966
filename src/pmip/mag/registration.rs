//! Proxy Binding Updates and what the LMA says to them (RFC 5213 6.9.1, asaeda 7.4).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::fsm::{Event, State, Update};
use super::session::{Channels, Sent, Session, SessionId};
use super::settle::Work;
use super::{Action, Mag, Notice, Reject};
use crate::channel::{Filter, FilterMode};
use crate::machine::{Envelope, Via};
use crate::mip::{Lifetime, Sequence, Timestamp};
use crate::mld::GroupRecord;
use crate::pmip::{NodeId, Prefix};
use crate::time::Instant;
use crate::wire::mh::option::{
    self, HandoffIndicator, HomeNetworkPrefix, LinkLayerId, MnIdentifier, MobilityOption, multicast_state,
};
use crate::wire::mh::{self, BindingAck, BindingUpdate, Meaning, Status};
use crate::wire::mld::{Record, RecordType};
use crate::wire::packet::OwnedPayload;
use crate::wire::{Addr, Dialect, List};

/// An answer of an LMA, matched with what it answers.
#[derive(Debug)]
pub(super) struct Acknowledgement {
    id: SessionId,
    event: Event,
    /// What the LMA said.
    status: Status,
    /// The number that it last accepted (135).
    adopts: Option<Sequence>,
    prefixes: Vec<Prefix>,
    lifetime: Lifetime,
    /// What it forwards from now on, of what a PBU-M asked for.
    accepted: Channels,
}

impl Mag {
    /// The rules of RFC 5213 6.9.1.2, in their order.
    pub(super) fn check_ack(
        &self,
        now: Instant,
        lma: usize,
        ack: &BindingAck<'_>,
    ) -> Result<Acknowledgement, Reject> {
        let (id, session, sent) = self.answered(lma, ack).ok_or(Reject::Unmatched("no update has it"))?;
        let mut taken = Acknowledgement {
            id,
            event: Event::Mismatch,
            status: ack.status,
            adopts: None,
            prefixes: assigned(ack, session, self.config.limits.prefixes_per_node),
            lifetime: Lifetime(ack.lifetime).min(self.asked_lifetime()),
            accepted: accepted(ack, sent),
        };
        if !echoes(ack, session, sent) {
            return Ok(taken);
        }
        taken.event = match ack.status {
            Status::SEQUENCE_NUMBER_OUT_OF_WINDOW => {
                taken.adopts = Some(Sequence(ack.sequence));
                Event::Again
            }
            Status::TIMESTAMP_LOWER_THAN_PREV_ACCEPTED => Event::Again,
            Status::TIMESTAMP_MISMATCH => Event::NeedClock,
            // Asking for any prefix is all that is left to try, once.
            Status::NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX if !session.prefixes.is_empty() => Event::Reassign,
            status if !status.is_accepted() => Event::Refused,
            _ if session.state.has_left() => Event::Accepted { refresh: now, ends: now },
            _ if taken.prefixes.is_empty() => Event::Mismatch,
            _ if taken.lifetime.is_zero() => Event::Refused,
            _ => {
                // The lifetime runs from when it was asked for (RFC 6275 11.7.3), and is renewed in its last quarter.
                let lifetime = taken.lifetime.duration();
                let early = lifetime.saturating_sub(lifetime.checked_div(4).unwrap_or_default());
                let later = |at: Instant| at.max(now + Duration::from_micros(1));
                Event::Accepted { refresh: later(sent.at + early), ends: later(sent.at + lifetime) }
            }
        };
        Ok(taken)
    }

    /// Does what an answer says.
    pub(super) fn acknowledge(&mut self, now: Instant, taken: Acknowledgement, work: &mut Work) {
        let Acknowledgement { id, event, status, adopts, prefixes, lifetime, accepted } = taken;
        let Some(session) = self.sessions.get_mut(id) else { return };
        let node = session.node.clone();
        let left = session.state.has_left();
        if let Some(last) = adopts {
            session.sequence = last;
        }
        match event {
            Event::Accepted { .. } if !left => {
                session.prefixes.clone_from(&prefixes);
                session.lifetime = lifetime;
                session.sent.clear();
                session.unconfirmed.clear();
            }
            // RFC 5213 6.9.1.2 (10): not the same prefixes again.
            Event::Reassign => session.prefixes.clear(),
            _ => {}
        }
        let was = session.state;
        self.step(now, id, event, work);
        match event {
            _ if left => {}
            Event::Accepted { .. } if !was.serves() => {
                work.notify(Notice::Registered { node, prefixes });
                self.take_over(now, id, work);
                self.begin(now, id, &accepted, work);
            }
            Event::Refused => work.notify(Notice::Denied { node, status: Some(status) }),
            Event::Mismatch => work.notify(Notice::Mismatch { node }),
            Event::NeedClock => work.notify(Notice::ClockWrong { node }),
            _ => {}
        }
    }

    /// Service has begun: what the PBU-M was granted need not be reported, and a context that came while the
    /// registration was under way is asked for now, in a PBU-M of its own.
    fn begin(&mut self, now: Instant, id: SessionId, accepted: &Channels, work: &mut Work) {
        self.told(id, accepted);
        let Some(session) = self.sessions.get_mut(id) else { return };
        if core::mem::take(&mut session.follow_up) && !self.announcements(id).is_empty() {
            self.step(now, id, Event::Changed, work);
        }
    }

    /// Sends an update for a session.
    pub(super) fn update(&mut self, now: Instant, id: SessionId, update: Update, work: &mut Work) {
        if update == Update::Register {
            self.supersede(now, id, work);
        }
        let channels = if update == Update::Deregister { Channels::new() } else { self.announcements(id) };
        let stamp = self.clock.read(now).filter(|_| self.config.timestamps);
        let Some(session) = self.sessions.get_mut(id) else { return };
        let Some(to) = session.grant.as_ref().map(|grant| grant.lma) else { return };
        let Some(lma) = self.upstreams.get(to).map(|upstream| upstream.peer) else { return };
        let sequence = match stamp {
            Some(stamp) => {
                session.stamp = stamp.after(session.stamp);
                self.counter = self.counter.next();
                self.counter
            }
            None => {
                session.sequence = session.sequence.next();
                session.sequence
            }
        };
        let message = Outgoing {
            sequence,
            stamp: stamp.map(|_| session.stamp),
            handoff: match update {
                Update::Register => session.handoff,
                Update::Renew => HandoffIndicator::REREGISTRATION,
                Update::Deregister => HandoffIndicator::UNKNOWN,
            },
            lifetime: match update {
                Update::Register | Update::Renew => Lifetime::within(self.config.lifetime),
                Update::Deregister => Lifetime::ZERO,
            },
        };
        let Some((body, announced)) = message.encode(session, channels, &lma.dialect) else { return };
        session.remember(Sent { sequence, at: now, handoff: message.handoff, announced: announced.clone() });
        let (src, dst) = (self.config.proxy_coa, lma.address);
        let body = OwnedPayload::Mh(body);
        work.first.push(Action::Send(Envelope { via: Via::Routed, src, dst, body }));
        if update == Update::Renew {
            // Repeated until it is answered, so a report would say it twice.
            session.unconfirmed = announced.iter().map(|&(group, _)| group).collect();
            self.told(id, &announced);
        } else if let Some(upstream) = self.upstreams.get_mut(to) {
            // A leave that is repeated behind the update would undo it.
            announced.iter().for_each(|&(group, _)| upstream.proxy.told(group));
        }
    }

    /// Until when the LMA may hold a binding of what was sent for a session: what it is asked for counts, because an
    /// answer may be lost.
    pub(super) fn bound_until(&self, now: Instant, session: &Session) -> Instant {
        let asked = self.asked_lifetime().duration();
        let sent = session.sent.first().map(|sent| sent.at + asked);
        let held = match session.state {
            State::Registered { ends, .. } | State::Renewing { ends, .. } => Some(ends),
            State::Stalled { ends, .. } => ends,
            _ => None,
        };
        sent.max(held).unwrap_or(now).max(now + Duration::from_micros(1))
    }

    fn asked_lifetime(&self) -> Lifetime {
        Lifetime::within(self.config.lifetime)
    }

    /// What a PBU-M asks for: the groups of which the node wants more than the proxy does already (A41, step 4), and
    /// all that the proxy would want then, so that no other node's sources are lost (D-10).
    pub(super) fn announcements(&self, id: SessionId) -> Channels {
        let Some(session) = self.sessions.get(id) else { return Channels::new() };
        let Some(upstream) = session.grant.as_ref().and_then(|grant| self.upstreams.get(grant.lma)) else {
            return Channels::new();
        };
        self.wishes(session)
            .into_iter()
            .filter_map(|(group, wish)| {
                let wanted = upstream.proxy.wanted(group);
                let merged = wanted.union(&wish);
                let news = merged != *wanted || session.unconfirmed.contains(&group);
                news.then_some((group, merged))
            })
            .collect()
    }

    /// The LMA knows of `channels` by a PBU-M: the proxy takes the node's part in them and does not report it, unless
    /// something else has changed since.
    fn told(&mut self, id: SessionId, channels: &Channels) {
        let Some(session) = self.sessions.get(id).filter(|session| session.state.serves()) else { return };
        let (link, Some(lma)) = (session.link, session.grant.as_ref().map(|grant| grant.lma)) else { return };
        for (group, told) in channels {
            let wish = self.wish(session, *group);
            let Some(upstream) = self.upstreams.get_mut(lma) else { return };
            upstream.proxy.feed(link, *group, wish);
            if upstream.proxy.wanted(*group) == told {
                upstream.proxy.told(*group);
            }
        }
    }

    /// What the sessions that this one continues still had to say is no longer said: a deregistration that arrived after
    /// this registration would end it.
    fn supersede(&mut self, now: Instant, id: SessionId, work: &mut Work) {
        for old in self.sessions.predecessors(id) {
            self.forget(now, old, work);
        }
    }

    /// A prefix belongs to one session: others of the node that had one which is this session's now are over. The LMA
    /// would take their deregistration for this session's (RFC 5213 5.4.1.1, the same Proxy-CoA).
    fn take_over(&mut self, now: Instant, id: SessionId, work: &mut Work) {
        let Some(session) = self.sessions.get(id) else { return };
        let shares = |other: &Session| {
            let bound = other.state.has_left() || other.state.serves();
            bound && other.prefixes.iter().any(|prefix| session.prefixes.contains(prefix))
        };
        let others = self.sessions.of_node(&session.node).filter(|&(other, _)| other != id);
        let over: Vec<SessionId> =
            others.filter(|(_, other)| shares(other)).map(|(other, _)| other).collect();
        for other in over {
            self.forget(now, other, work);
        }
    }

    /// The session and the update that an answer belongs to. Attachments of one node may have equal numbers: an answer
    /// is for the one whose update it repeats.
    fn answered(&self, lma: usize, ack: &BindingAck<'_>) -> Option<(SessionId, &Session, &Sent)> {
        let matches = |(id, session): (SessionId, &'_ Session)| {
            let at_lma = session.grant.as_ref().is_some_and(|grant| grant.lma == lma);
            (at_lma && session.state.awaits_answer()).then_some(id)
        };
        let update = |id: SessionId| {
            let session = self.sessions.get(id)?;
            let number = |sent: &&Sent| {
                // A 135 carries the number that was accepted last, not that of the request (RFC 6275 6.1.8).
                ack.status == Status::SEQUENCE_NUMBER_OUT_OF_WINDOW || sent.sequence.0 == ack.sequence
            };
            Some((id, session, session.sent.iter().find(number)?))
        };
        match ack.options.mn_identifier() {
            Some((subtype, id)) if !id.is_empty() => {
                let node = NodeId { subtype, id: id.into() };
                let mut newest_first =
                    self.sessions.of_node(&node).rev().filter_map(matches).filter_map(update);
                let newest = newest_first.next()?;
                let fits = |&(_, session, sent): &(_, &Session, &Sent)| echoes(ack, session, sent);
                if fits(&newest) { Some(newest) } else { newest_first.find(fits).or(Some(newest)) }
            }
            // Only an LMA that saw no identifier leaves it out (RFC 5213 5.3.6, digest trap 55).
            _ if ack.status == Status::MISSING_MN_IDENTIFIER_OPTION => {
                self.sessions.iter().filter_map(matches).find_map(update)
            }
            _ => None,
        }
    }
}

/// Whether the answer repeats what the update said (RFC 5213 6.9.1.2 (6)); what is absent contradicts nothing.
fn echoes(ack: &BindingAck<'_>, session: &Session, sent: &Sent) -> bool {
    let options = &ack.options;
    options.handoff_indicator().is_none_or(|handoff| handoff == sent.handoff)
        && options.access_technology().is_none_or(|technology| technology == session.technology)
        && options.link_layer_id().is_none_or(|id| *id == *session.link_layer_id)
}

/// The prefixes that the answer assigns; those asked for when it names none.
fn assigned(ack: &BindingAck<'_>, session: &Session, most: usize) -> Vec<Prefix> {
    let named = ack.options.home_network_prefixes().map(|(prefix, len)| Prefix::new(prefix.ip(), len));
    let mut prefixes: Vec<Prefix> =
        named.filter(|prefix| !prefix.address.is_unspecified()).take(most).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    if prefixes.is_empty() { session.prefixes.clone() } else { prefixes }
}

/// What of the update's records the answer accepts: all, or what it lists (D-7).
fn accepted(ack: &BindingAck<'_>, sent: &Sent) -> Channels {
    let lists_some = ack.options.carries_mld_state() && ack.options.multicast_state_fault().is_none();
    if !lists_some {
        return sent.announced.clone();
    }
    let mut echo: BTreeMap<Ipv6Addr, Filter> = BTreeMap::new();
    for record in ack.options.multicast_records().filter_map(|record| GroupRecord::try_from(record).ok()) {
        let mode = match record.kind {
            RecordType::ALLOW | RecordType::IS_IN | RecordType::TO_IN => FilterMode::Include,
            RecordType::TO_EX | RecordType::IS_EX => FilterMode::Exclude,
            _ => continue,
        };
        let one = Filter { mode, sources: record.sources };
        let merged = echo.get(&record.group).map_or(one.clone(), |known| known.union(&one));
        echo.insert(record.group, merged);
    }
    sent.announced.iter().filter(|(group, filter)| echo.get(group) == Some(filter)).cloned().collect()
}

/// An update, less what the session says of itself.
struct Outgoing {
    sequence: Sequence,
    stamp: Option<Timestamp>,
    handoff: HandoffIndicator,
    lifetime: Lifetime,
}

impl Outgoing {
    /// The message, with the options of RFC 5213 6.9.1.5 and as many Multicast State options as it has room for (D-4,
    /// D-5); and the channels that these name in full.
    fn encode(
        &self,
        session: &Session,
        channels: Channels,
        dialect: &Dialect,
    ) -> Option<(mh::Owned, Channels)> {
        let mut options = self.options(session);
        let sources: Vec<Vec<[u8; 16]>> = channels
            .iter()
            .map(|(_, filter)| filter.sources.iter().map(|source| source.octets()).collect())
            .collect();
        let joins = channels.iter().map(|(group, filter)| GroupRecord::join(*group, filter).kind);
        let records: Vec<Record<'_>> = channels
            .iter()
            .zip(joins)
            .zip(&sources)
            .map(|(((group, _), kind), sources)| Record { kind, group: (*group).into(), sources, aux: &[] })
            .flat_map(|record| multicast_state::cut(record, dialect))
            .collect();
        options.extend(multicast_state::pack(&records, dialect));
        let mut update = BindingUpdate {
            sequence: self.sequence.0,
            flags: BindingUpdate::flags_for(Meaning::Proxy, dialect),
            lifetime: self.lifetime.0,
            options: List::new(&options, dialect),
        };
        update.options = List::new(options.get(..update.options_that_fit())?, dialect);
        if update.options.carries_multicast_state() {
            update.flags = BindingUpdate::flags_for(Meaning::ProxyMulticast, dialect);
        }
        let named = named_in_full(channels, &update);
        let body = mh::Owned::new(&mh::Message::BindingUpdate(update), dialect).ok()?;
        Some((body, named))
    }

    fn options<'a>(&self, session: &'a Session) -> Vec<MobilityOption<'a>> {
        let mut options = Vec::new();
        options.push(MobilityOption::MnIdentifier(MnIdentifier {
            subtype: session.node.subtype,
            id: &session.node.id,
        }));
        // One prefix of zeros asks the LMA to assign (RFC 5213 6.9.1.1 (3)).
        let prefixes = session.prefixes.iter().map(|prefix| {
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
                length: prefix.len,
                prefix: prefix.address.into(),
            })
        });
        options.extend(prefixes);
        if session.prefixes.is_empty() {
            options.push(MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
                length: 0,
                prefix: Addr::UNSPECIFIED,
            }));
        }
        options.push(MobilityOption::HandoffIndicator(self.handoff));
        options.push(MobilityOption::AccessTechnology(session.technology));
        if !session.link_layer_id.is_empty() {
            options.push(MobilityOption::LinkLayerId(LinkLayerId { octets: &session.link_layer_id }));
        }
        options.extend(self.stamp.map(|stamp| MobilityOption::Timestamp(option::Timestamp(stamp.0))));
        options
    }
}

/// The channels whose every source is in the update: a list that lost some to the limits of an option is left to a
/// report.
fn named_in_full(channels: Channels, update: &BindingUpdate<'_>) -> Channels {
    let mut named: BTreeMap<Ipv6Addr, usize> = BTreeMap::new();
    for record in update.options.multicast_records() {
        let sources = named.entry(record.group.ip()).or_default();
        *sources = sources.saturating_add(record.sources.len());
    }
    channels.into_iter().filter(|(group, filter)| named.get(group) == Some(&filter.sources.len())).collect()
}
