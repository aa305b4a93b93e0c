import { TRPCError } from "@trpc/server";
import { notFound } from "next/navigation";

const missing: TRPCError["code"][] = ["NOT_FOUND", "BAD_REQUEST"];

/** The answer, or the 404 page where the portal has no such thing, or the address could not name one. */
export async function found<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TRPCError && missing.includes(error.code)) notFound();
    throw error;
  }
}
