/** The words of a name as people and programs spell it: `MontageHöhe_m` is montage, hohe, m. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-zà-ÿ])([A-ZÀ-Þ])/g, "$1 $2")
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}
