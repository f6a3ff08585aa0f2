import { asOvertError, type Instant, instant } from "@overt/core";
import { useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { call, NOT_LOGGED_IN } from "../../ui/api.ts";

const Me = z.object({
  account: z.object({ name: z.string() }),
  /** The demo's site has a plug that can be pulled. */
  plug: z.boolean().default(false),
  endsAt: z.number().transform((ms): Instant => instant(ms)),
});

const TRY_AGAIN_MS = 5_000;

/** Who is logged in. While the centre does not answer it is asked again and again: a display has nobody to press a key. */
export function useMe() {
  return useQuery({
    queryKey: ["me"],
    queryFn: () => call("GET", "/api/me", { shape: Me }),
    refetchInterval: ({ state }) => (state.error && !isLoggedOut(state.error) ? TRY_AGAIN_MS : false),
  });
}

export const isLoggedOut = (error: unknown): boolean => error !== null && asOvertError(error).code === NOT_LOGGED_IN;
