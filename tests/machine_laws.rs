//! Every machine of the crate under the laws, with random scripts.
#![cfg(feature = "proptest")]

use multimob::laws::mld::{Listeners, Proxies, Routers};
use multimob::laws::{check, scripts};
use multimob::mld::{listener, proxy, router};
use multimob::samples::of;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn router(script in scripts(of::<router::OwnedInput>(), 60)) {
        check(&Routers::default(), &script)?;
    }

    #[test]
    fn router_with_full_tables(script in scripts(of::<router::OwnedInput>(), 60)) {
        check(&Routers::cramped(), &script)?;
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
    fn proxy(script in scripts(of::<proxy::OwnedInput>(), 60)) {
        check(&Proxies::default(), &script)?;
    }
}
