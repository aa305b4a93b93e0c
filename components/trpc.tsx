"use client";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import type { AppRouter } from "#server/api/types.ts";
import { batchLimit } from "#server/domain/batch-limit.ts";
import { leaveForSignIn } from "./identity/leave-for-sign-in.ts";

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export { useTRPC, useTRPCClient };

/** Data of the portal for client components: `useTRPC()` with `useQuery`, `useMutation`, `useInfiniteQuery`. */
export function DataProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createClient() {
  return createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "/api/trpc", maxItems: batchLimit })] });
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveIfSignedOut }),
    mutationCache: new MutationCache({ onError: leaveIfSignedOut }),
    defaultOptions: {
      // What changes is told by the event stream; this only bounds how old a page can get without it.
      queries: { staleTime: 10_000, retry: (failures, error) => failures < 2 && isUnanswered(error) },
      mutations: { retry: false },
    },
  });
}

/** Whether the portal, or its database, could not be reached at all: only then is asking again of use. */
function isUnanswered(error: Error): boolean {
  if (!(error instanceof TRPCClientError) || error.data === null || error.data === undefined) return true;
  return error.data.code === "SERVICE_UNAVAILABLE";
}

function leaveIfSignedOut(error: Error): void {
  const code: unknown = error instanceof TRPCClientError ? error.data?.code : undefined;
  if (code === "UNAUTHORIZED") leaveForSignIn();
}
