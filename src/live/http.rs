//! `/api/v1/live`: a WebSocket that sends a snapshot and numbered changes.
