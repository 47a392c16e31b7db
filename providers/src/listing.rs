//! Reading a collection page by page, several pages ahead, in order.
