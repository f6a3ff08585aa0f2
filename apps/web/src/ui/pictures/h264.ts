const SPS = 7;

/**
 * RFC 6381 codec string of an Annex B access unit, from the three bytes after the SPS header (profile, constraints,
 * level), or null when it holds no SPS.
 */
export function codecOf(accessUnit: Uint8Array): string | null {
  for (let i = 0; i + 6 < accessUnit.length; i++) {
    if (accessUnit[i] !== 0 || accessUnit[i + 1] !== 0 || accessUnit[i + 2] !== 1) continue;
    if (((accessUnit[i + 3] ?? 0) & 0x1f) !== SPS) continue;
    const bytes = [accessUnit[i + 4], accessUnit[i + 5], accessUnit[i + 6]];
    return `avc1.${bytes.map((byte) => (byte ?? 0).toString(16).padStart(2, "0")).join("")}`;
  }
  return null;
}
