import { TRPCError } from "@trpc/server";
import { notFound } from "next/navigation";

/** The answer, or the 404 page where the portal has no such thing. */
export async function found<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
}
