//! What a node does with IGMP that it receives (RFC 3376 4, 4.2.13, 7.3.2, 9; RFC 2236 3).

use super::Message;
use crate::wire::membership::{Arrival, Kind, Receiver, Refused};
use crate::wire::{Addr4, Dialect, Layer, Pseudo};

/// Reads a message as a router or a host of IGMP does: the checksum first, then what can be read, then [`judge`].
///
/// # Errors
/// The rule that it breaks; [`Refused::reaction`] tells what is done about it.
pub fn receive<'a>(
    octets: &'a [u8],
    arrival: &Arrival<Addr4>,
    dialect: &Dialect,
) -> Result<Message<'a>, Refused<Addr4>> {
    Pseudo::igmp().check(Layer::Igmp, 2, octets)?;
    let message = Message::parse(octets, dialect)?;
    judge(&message, arrival)?;
    Ok(message)
}

/// What is left of the rules of [`receive`] once a message was read.
///
/// A host drops what comes without Router Alert, but for version 1, which has none (RFC 3376 9.1). A router takes it:
/// hosts of version 1 and old ones of version 2 send none (9.2).
///
/// # Errors
/// The rule that it breaks.
#[inline]
pub fn judge(message: &Message<'_>, arrival: &Arrival<Addr4>) -> Result<(), Refused<Addr4>> {
    let (kind, is_oldest) = match message {
        Message::Query(query) => (Kind::query(query.group), false),
        Message::QueryV2(query) => (Kind::query(query.group), false),
        Message::QueryV1(_) => (Kind::Query(None), true),
        Message::Report(_) => (Kind::Report, false),
        Message::ReportV2(report) => (Kind::Join(report.group), false),
        Message::ReportV1(report) => (Kind::Join(report.group), true),
        Message::Leave(leave) => (Kind::Leave(leave.group), false),
    };
    arrival.judge(kind, arrival.receiver == Receiver::Listener && !is_oldest)?;
    match message {
        Message::Query(query) => Ok(query.judge()?),
        Message::QueryV2(query) => Ok(query.judge()?),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Leave, Query, QueryV1, QueryV2, Report, ReportV1, ReportV2};
    use super::*;
    use crate::wire::membership::Fault;
    use crate::wire::{Encode, Field};

    const DIALECT: Dialect = Dialect::DEFAULT;
    const HOST: Addr4 = Addr4([192, 0, 2, 5]);
    const GROUP: Addr4 = Addr4([232, 1, 2, 3]);
    const ALL_SYSTEMS: Addr4 = Addr4([224, 0, 0, 1]);
    const ALL_ROUTERS: Addr4 = Addr4([224, 0, 0, 2]);
    const REPORTS: Addr4 = Addr4([224, 0, 0, 22]);
    const NONE: Addr4 = Addr4([0; 4]);

    fn arrival(receiver: Receiver, dst: Addr4) -> Arrival<Addr4> {
        let own = Addr4([192, 0, 2, 1]);
        Arrival { src: HOST, dst, hop_limit: 1, router_alert: true, own, receiver }
    }

    fn host() -> Arrival<Addr4> {
        arrival(Receiver::Listener, ALL_SYSTEMS)
    }

    fn router(dst: Addr4) -> Arrival<Addr4> {
        arrival(Receiver::Router, dst)
    }

    fn heard(message: &impl Encode, arrival: &Arrival<Addr4>) -> Result<(), Refused<Addr4>> {
        receive(&message.to_vec_for(&Pseudo::igmp()).unwrap(), arrival, &DIALECT).map(|_| ())
    }

    #[test]
    fn rfc3376_4_1_2_the_checksum_is_judged_before_anything() {
        let mut octets = Query::general().to_vec_for(&Pseudo::igmp()).unwrap();
        octets[2] ^= 1;
        let routed = Arrival { hop_limit: 64, ..host() };
        let refused = receive(&octets, &routed, &DIALECT).unwrap_err();
        assert!(matches!(refused, Refused::Unreadable(error) if error.field == Field::Checksum));
    }

    #[test]
    fn rfc3376_4_the_time_to_live_is_1() {
        let refused = Err(Refused::HopLimit(2));
        assert_eq!(heard(&Query::general(), &Arrival { hop_limit: 2, ..host() }), refused);
        assert_eq!(heard(&Report::default(), &Arrival { hop_limit: 2, ..router(REPORTS) }), refused);
    }

    #[test]
    fn rfc3376_9_1_a_host_wants_router_alert_but_of_version_1() {
        let bare = Arrival { router_alert: false, ..host() };
        let version_2 = QueryV2 { max_response_tenths: 1, group: NONE };
        assert_eq!(heard(&Query::general(), &bare), Err(Refused::NoRouterAlert));
        assert_eq!(heard(&version_2, &bare), Err(Refused::NoRouterAlert));
        assert_eq!(heard(&QueryV1, &bare), Ok(()));
        assert_eq!(heard(&Query::general(), &host()), Ok(()));
        // RFC 3376 9.2: old hosts send none.
        let bare = Arrival { router_alert: false, ..router(GROUP) };
        assert_eq!(heard(&ReportV2 { group: GROUP }, &bare), Ok(()));
    }

    #[test]
    fn rfc3376_9_1_a_general_query_goes_to_all_systems() {
        let version_2 = QueryV2 { max_response_tenths: 1, group: NONE };
        let elsewhere = Arrival { dst: GROUP, ..host() };
        assert_eq!(heard(&Query::general(), &elsewhere), Err(Refused::Destination(GROUP)));
        assert_eq!(heard(&version_2, &elsewhere), Err(Refused::Destination(GROUP)));
        assert_eq!(heard(&QueryV1, &elsewhere), Err(Refused::Destination(GROUP)));
        assert_eq!(heard(&Query { group: GROUP, ..Query::general() }, &elsewhere), Ok(()));
        assert_eq!(heard(&Query::general(), &Arrival { dst: host().own, ..host() }), Ok(()));
    }

    #[test]
    fn rfc3376_4_2_13_a_report_may_come_from_nobody_and_a_query_wins_no_election_from_there() {
        let from = |src, arrival| Arrival { src, ..arrival };
        assert_eq!(heard(&Report::default(), &from(NONE, router(REPORTS))), Ok(()));
        assert_eq!(
            heard(&Query::general(), &from(NONE, router(ALL_SYSTEMS))),
            Err(Refused::QuerySource(NONE))
        );
        assert_eq!(heard(&Query::general(), &from(NONE, host())), Ok(()));
        for src in [GROUP, Addr4([255; 4]), Addr4([127, 0, 0, 1])] {
            let refused = heard(&Report::default(), &from(src, router(REPORTS)));
            assert_eq!(refused, Err(Refused::ReportSource(src)));
            assert_eq!(heard(&Query::general(), &from(src, host())), Err(Refused::QuerySource(src)));
        }
    }

    #[test]
    fn rfc2236_3_where_reports_and_leaves_go() {
        let (join, leave) = (ReportV2 { group: GROUP }, Leave { group: GROUP });
        let refused = |dst| Err(Refused::Destination(dst));
        assert_eq!(heard(&Report::default(), &router(REPORTS)), Ok(()));
        assert_eq!(heard(&Report::default(), &router(ALL_ROUTERS)), refused(ALL_ROUTERS));
        assert_eq!(heard(&join, &router(GROUP)), Ok(()));
        assert_eq!(heard(&join, &router(REPORTS)), refused(REPORTS));
        assert_eq!(heard(&ReportV1 { group: GROUP }, &router(REPORTS)), refused(REPORTS));
        for dst in [ALL_ROUTERS, GROUP] {
            assert_eq!(heard(&leave, &router(dst)), Ok(()));
        }
        assert_eq!(heard(&leave, &router(REPORTS)), refused(REPORTS));
        assert_eq!(heard(&leave, &host()), Err(Refused::NotFor(Receiver::Listener)));
    }

    #[test]
    fn a_query_with_sources_names_a_group() {
        let query = Query { sources: &[[192, 0, 2, 9]], ..Query::general() };
        assert_eq!(heard(&query, &host()), Err(Refused::Addresses(Fault::GroupNotMulticast)));
        let join = ReportV2 { group: HOST };
        assert_eq!(heard(&join, &router(HOST)), Err(Refused::Addresses(Fault::GroupNotMulticast)));
    }
}
