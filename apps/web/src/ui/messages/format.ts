import { en } from "./en.ts";

/** The texts of the language in use. */
export const t = en;

/** Fills `{name}` places of a text. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

/** What a browser's tab says: the page first, for those who have many. */
export const titleOf = (page: string): string => `${page} · ${t.product}`;
