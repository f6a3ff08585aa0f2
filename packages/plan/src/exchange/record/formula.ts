const FORMULA = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/**
 * Text that a spreadsheet would run as a formula, made text by an apostrophe before it (OWASP, CSV injection); one that
 * stands there already is doubled, so that {@link unguarded} gives back what was.
 */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

export const unguarded = (text: string): string =>
  text.charCodeAt(0) === 39 && GUARDED.test(text) ? text.slice(1) : text;
