import { createContext, useContext, useSyncExternalStore } from "react";
import type { Centre, CentreView } from "./centre.ts";

export const CentreContext = createContext<Centre | null>(null);

/** @throws Error outside a `CentreContext`, which is a mistake in the page */
export function useCentre(): Centre {
  const centre = useContext(CentreContext);
  if (!centre) throw new Error("This page stands outside the centre's context.");
  return centre;
}

export function useCentreView(): CentreView {
  const centre = useCentre();
  return useSyncExternalStore(centre.subscribe, centre.view);
}
