// Tells Remix's types that loaders answer with plain values (the v3_singleFetch flag of vite.config.ts).
import '@remix-run/cloudflare'

declare module '@remix-run/cloudflare' {
  interface Future {
    v3_singleFetch: true
  }
}
