//! What every binding protocol shares.
