//! One way out: every HTTP call of every provider passes through these layers.
