//! Every machine of the crate under the laws, with random scripts.
#![cfg(feature = "proptest")]

use core::net::Ipv4Addr;

use multimob::laws::lightweight;
use multimob::laws::mld::{Listeners, Proxies, Routers};
use multimob::laws::pmip::{Lmas, Mags};
use multimob::laws::{check, scripts};
use multimob::mld::{listener, proxy, router};
use multimob::pmip::{lma, mag};
use multimob::samples::of;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn router(script in scripts(of::<router::OwnedInput>(), 60)) {
        check(&Routers::default(), &script)?;
    }

    #[test]
    fn router_of_igmp(script in scripts(of::<router::OwnedInput<Ipv4Addr>>(), 60)) {
        check(&Routers::default(), &script)?;
    }

    #[test]
    fn router_of_igmp_with_full_tables(script in scripts(of::<router::OwnedInput<Ipv4Addr>>(), 60)) {
        check(&Routers::cramped(), &script)?;
    }

    #[test]
    fn router_with_full_tables(script in scripts(of::<router::OwnedInput>(), 60)) {
        check(&Routers::cramped(), &script)?;
    }

    #[test]
    fn router_that_asks_about_every_leave(script in scripts(of::<router::OwnedInput>(), 60)) {
        let mut routers: Routers = Routers::cramped();
        routers.config.immediate_leave = false;
        routers.config.limits.listeners_per_link = 2;
        check(&routers, &script)?;
    }

    #[test]
    fn listener(script in scripts(of::<listener::OwnedInput>(), 60)) {
        check(&Listeners::default(), &script)?;
    }

    #[test]
    fn listener_with_full_tables(script in scripts(of::<listener::OwnedInput>(), 60)) {
        check(&Listeners::cramped(), &script)?;
    }

    #[test]
    fn lightweight_router(script in scripts(of::<router::OwnedInput>(), 60)) {
        check(&lightweight::Routers::default(), &script)?;
    }

    #[test]
    fn lightweight_router_of_igmp(script in scripts(of::<router::OwnedInput<Ipv4Addr>>(), 60)) {
        check(&lightweight::Routers::default(), &script)?;
    }

    #[test]
    fn lightweight_router_with_full_tables(script in scripts(of::<router::OwnedInput>(), 60)) {
        check(&lightweight::Routers::cramped(), &script)?;
    }

    #[test]
    fn lightweight_router_that_asks_about_every_leave(script in scripts(of::<router::OwnedInput>(), 60)) {
        let mut routers: lightweight::Routers = lightweight::Routers::default();
        routers.config.immediate_leave = false;
        check(&routers, &script)?;
    }

    #[test]
    fn lightweight_listener(script in scripts(of::<listener::OwnedInput>(), 60)) {
        check(&lightweight::Listeners::default(), &script)?;
    }

    #[test]
    fn lightweight_listener_with_full_tables(script in scripts(of::<listener::OwnedInput>(), 60)) {
        check(&lightweight::Listeners::cramped(), &script)?;
    }

    #[test]
    fn lightweight_listener_of_igmp(script in scripts(of::<listener::OwnedInput<Ipv4Addr>>(), 60)) {
        check(&lightweight::Listeners::default(), &script)?;
    }

    #[test]
    fn listener_of_igmp(script in scripts(of::<listener::OwnedInput<Ipv4Addr>>(), 60)) {
        check(&Listeners::default(), &script)?;
    }

    #[test]
    fn listener_of_igmp_with_full_tables(script in scripts(of::<listener::OwnedInput<Ipv4Addr>>(), 60)) {
        check(&Listeners::cramped(), &script)?;
    }

    #[test]
    fn proxy_with_full_tables(script in scripts(of::<proxy::OwnedInput>(), 60)) {
        check(&Proxies { upstream: Listeners::cramped() }, &script)?;
    }

    #[test]
    fn proxy_of_igmp(script in scripts(of::<proxy::OwnedInput<Ipv4Addr>>(), 60)) {
        check(&Proxies::default(), &script)?;
    }

    #[test]
    fn proxy_of_igmp_with_full_tables(script in scripts(of::<proxy::OwnedInput<Ipv4Addr>>(), 60)) {
        check(&Proxies { upstream: Listeners::cramped() }, &script)?;
    }

    #[test]
    fn proxy(script in scripts(of::<proxy::OwnedInput>(), 60)) {
        check(&Proxies::default(), &script)?;
    }

    #[test]
    fn gateway(script in scripts(of::<mag::OwnedInput>(), 60)) {
        check(&Mags::default(), &script)?;
    }

    #[test]
    fn gateway_with_full_tables(script in scripts(of::<mag::OwnedInput>(), 60)) {
        check(&Mags::cramped(), &script)?;
    }

    #[test]
    fn anchor(script in scripts(of::<lma::OwnedInput>(), 60)) {
        check(&Lmas::default(), &script)?;
    }

    #[test]
    fn anchor_with_full_tables(script in scripts(of::<lma::OwnedInput>(), 60)) {
        check(&Lmas::cramped(), &script)?;
    }

    #[test]
    fn gateway_managed_by_the_network(script in scripts(of::<mag::OwnedInput>(), 60)) {
        check(&Mags::network_managed(), &script)?;
    }

    #[test]
    fn anchor_with_static_tunnels(script in scripts(of::<lma::OwnedInput>(), 60)) {
        check(&Lmas::with_static_tunnels(), &script)?;
    }
}
