"use client";
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";

/** Does something that a click asks for, says how it went, and reads anew what it changed. True where it was done. */
export function useAct(
  ...affected: QueryKey[]
): (act: () => Promise<unknown>, done: string) => Promise<boolean> {
  const queryClient = useQueryClient();
  return async (act, done) => {
    try {
      await act();
      toast.success(done);
      await Promise.all(affected.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
      return true;
    } catch (error) {
      toast.error(requestProblem(error).message);
      return false;
    }
  };
}
