//! The provider against scripted answers over real sockets, and its pure parts by tables.
