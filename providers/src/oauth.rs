//! OAuth 2.0 steps that providers share.
