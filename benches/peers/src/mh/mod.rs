pub fn section(_: &mut crate::measure::Bench<'_>) {}
