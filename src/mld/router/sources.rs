//! Sources with timers.
