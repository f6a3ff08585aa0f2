/** NAL units without start codes, whole or empty: a lone SPS cannot open a track. */
export interface ParameterSets {
  /** H.265 only. */
  readonly vps: readonly Uint8Array[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

const NONE: ParameterSets = { vps: [], sps: [], pps: [] };
const MAX_SET_BYTES = 8_192;
const MAX_SETS = 16;

/** The parameter sets of an fmtp line (RFC 6184 §8.1, RFC 7798 §7.1); what is no NAL unit of its kind is dropped. */
export function spropParameterSets(
  codec: "h264" | "h265",
  fmtp: ReadonlyMap<string, string>,
): { readonly sets: ParameterSets; readonly dropped: number } {
  const names = codec === "h264" ? ["sprop-parameter-sets"] : ["sprop-vps", "sprop-sps", "sprop-pps"];
  const found = { vps: [] as Uint8Array[], sps: [] as Uint8Array[], pps: [] as Uint8Array[] };
  let dropped = 0;
  for (const text of names.flatMap((name) => fmtp.get(name)?.split(",") ?? [])) {
    if (text.trim() === "") continue;
    const units = nalUnits(base64(text));
    if (units.length === 0) dropped++;
    for (const unit of units) {
      const kind = codec === "h264" ? h264Kind(unit) : h265Kind(unit);
      if (kind && found[kind].length < MAX_SETS) found[kind].push(unit);
      else dropped++;
    }
  }
  const whole = found.sps.length > 0 && found.pps.length > 0 && (codec === "h264" || found.vps.length > 0);
  return { sets: whole ? found : NONE, dropped };
}

function h264Kind(unit: Uint8Array): "sps" | "pps" | null {
  const header = unit[0] ?? 0x80;
  if (header & 0x80) return null;
  return (header & 0x1f) === 7 ? "sps" : (header & 0x1f) === 8 ? "pps" : null;
}

function h265Kind(unit: Uint8Array): "vps" | "sps" | "pps" | null {
  const header = unit[0] ?? 0x80;
  if (header & 0x80 || unit.length < 3) return null;
  return ({ 32: "vps", 33: "sps", 34: "pps" } as const)[(header >> 1) as 32 | 33 | 34] ?? null;
}

function base64(text: string): Uint8Array {
  // Padding is often missing or doubled; URL-safe letters have been seen.
  const letters = text.replace(/[\s=]/g, "").replaceAll("-", "+").replaceAll("_", "/");
  if (!/^[A-Za-z0-9+/]*$/.test(letters) || letters.length % 4 === 1 || letters.length > MAX_SET_BYTES * 2)
    return new Uint8Array();
  const binary = atob(letters);
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < out.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}

/** Some cameras leave a start code before, behind or between the units of one value. */
function nalUnits(bytes: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i <= bytes.length; i++) {
    const atStartCode = bytes[i] === 0 && bytes[i + 1] === 0 && bytes[i + 2] === 1;
    if (!atStartCode && i < bytes.length) continue;
    let to = i;
    while (to > from && bytes[to - 1] === 0) to--;
    if (to > from) units.push(bytes.slice(from, to));
    from = i + 3;
    if (atStartCode) i += 2;
  }
  return units;
}
