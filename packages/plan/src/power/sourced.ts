/** A default that is shown with where it comes from, and can be changed. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: string;
}

export const sourced = <T>(value: T, source: string): Sourced<T> => ({ value, source });
