/// <reference types="vite/client" />
// Types of what Vite provides: style sheets and import.meta.env.
